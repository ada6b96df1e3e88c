/** What a person granted for the rest of a session. In memory only: a restart forgets, and then a person is asked again. */
import { BelayError } from '../errors.ts';
import { type Asked, coveringGrant, type Grant, hasExpired } from '../policy/grants.ts';

/** More than a person gives in one session; the oldest goes first. */
const MAX_GRANTS = 256;

export class SessionGrants {
  readonly #grants = new Map<string, Grant>();

  add(grant: Grant): void {
    this.#grants.set(grant.id, grant);
    const oldest = this.#grants.keys().next().value;
    if (this.#grants.size > MAX_GRANTS && oldest !== undefined) this.#grants.delete(oldest);
  }

  /** Returns the grant that covers what is asked, or null. */
  covering(asked: Asked): Grant | null {
    return coveringGrant([...this.#grants.values()], asked);
  }

  /** Those in force, oldest first. */
  list(now: number): readonly Grant[] {
    return [...this.#grants.values()].filter((grant) => !hasExpired(grant, now));
  }

  /** Takes one back. Throws `grant.unknown`. */
  revoke(id: string): Grant {
    const grant = this.#grants.get(id);
    if (grant === undefined) throw new BelayError('grant.unknown', { id });
    this.#grants.delete(id);
    return grant;
  }

  /** Forgets what was granted for a session that is over. */
  dropSession(session: string): void {
    for (const [id, grant] of this.#grants) if (grant.session === session) this.#grants.delete(id);
  }
}
