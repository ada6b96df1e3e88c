/** Answers that go beyond one request: what is granted for a session, what is written as a rule, the list of both, taking back. */
import type { HeldRequest } from '../approval/held-requests.ts';
import {
  grantedRules,
  ruleBlock,
  ruleGrantId,
  type WrittenRule,
  withBlock,
  withoutBlock,
} from '../approval/rule-grants.ts';
import type { SessionGrants } from '../approval/session-grants.ts';
import type { Answer } from '../audit/record.ts';
import { BelayError } from '../errors.ts';
import { type Grant, kindWords } from '../policy/grants.ts';
import type { ApprovalScope, GrantView, Results } from '../protocol/calls.ts';
import type { SettingsSource } from './settings.ts';

export interface GrantServices {
  readonly grants: SessionGrants;
  readonly settings: SettingsSource;
}

/** A yes that is wider than its request, checked and not given yet. */
export interface WiderAnswer {
  /** What the answer's record says of it. */
  readonly fields: Pick<Answer, 'scope' | 'grant'>;
  /** Writes the rules, before the answer is given. Throws what keeps them from being written. */
  readonly write: () => Results['held.answer']['wrote'];
  /** Takes back what was written, when the answer could not be given. */
  readonly unwrite: () => void;
  /** Puts the grant in force, once the answer is durable. */
  readonly give: () => void;
}

/** Returns how to give a wider yes to `held`. Throws `approval.scope` where only this request can be approved. */
export function widerAnswer(
  held: HeldRequest,
  scope: Exclude<ApprovalScope, 'once'>,
  until: number | null,
  services: GrantServices,
): WiderAnswer {
  const { id, details, verdict, wider } = held;
  const refuse = (why: string): never => {
    throw new BelayError('approval.scope', { id, why });
  };
  if (verdict.grave) return refuse('it could destroy what nothing brings back');
  if (wider === undefined) return refuse('it is not one that rules ask about, or was held by an earlier daemon');
  if (until !== null && until <= Date.now()) return refuse('the end that was named is past');
  const { kinds, workspace } = wider;
  if (scope === 'session') {
    const { session, command } = details;
    if (session === null) return refuse('it belongs to no session');
    const grant: Grant = {
      id: id.replace(/^r-/, 'g-'),
      request: id,
      command,
      session,
      kinds,
      at: Date.now(),
      expiresAt: until,
    };
    return {
      fields: { scope: 'session', grant: grant.id },
      write: () => null,
      unwrite: () => {},
      give: () => services.grants.add(grant),
    };
  }
  const own = verdict.reasons.find((reason) => reason.decision === 'ask' && reason.risk === 'user.rule');
  if (own !== undefined) return refuse(`the rule ${own.rule} of a configuration file asks; change that rule`);
  const grantId = ruleGrantId(id);
  const block = ruleBlock({
    request: id,
    command: details.command,
    workspace,
    kinds,
    scope: scope === 'kind' ? 'kind' : 'exact',
    at: Date.now(),
    expiresAt: until,
  });
  return {
    fields: { scope: 'rule', grant: grantId },
    write: () => ({ file: services.settings.changeUserFile((text) => withBlock(text, block)), text: block }),
    unwrite: () => void services.settings.changeUserFile((text) => withoutBlock(text, grantId)),
    give: () => {},
  };
}

/** Returns what is granted beyond single requests, session grants first. */
export function listGrants({ grants, settings }: GrantServices): readonly GrantView[] {
  const { file, text } = settings.userFile();
  return [...grants.list(Date.now()).map(sessionView), ...grantedRules(file, text).map(ruleView)];
}

/** Takes a grant back, and returns it as it was. Throws `grant.unknown`. */
export function revokeGrant(id: string, services: GrantServices): GrantView {
  if (!id.startsWith('grant.')) return sessionView(services.grants.revoke(id));
  const whole = id.split('.').slice(0, 2).join('.');
  const { file, text } = services.settings.userFile();
  const rules = grantedRules(file, text).filter((rule) => rule.id === whole || rule.id.startsWith(`${whole}.`));
  const [first] = rules;
  if (first === undefined) throw new BelayError('grant.unknown', { id });
  services.settings.changeUserFile((now) => withoutBlock(now, whole));
  return { ...ruleView(first), id: whole, about: rules.map((rule) => rule.about) };
}

function sessionView({ id, session, kinds, expiresAt }: Grant): GrantView {
  const about = [...new Set(kinds.map(kindWords))];
  return { id, kind: 'session', session, decision: 'allow', about, expiresAt, isRevocable: true };
}

function ruleView({ id, decision, about, expiresAt, isGrant }: WrittenRule): GrantView {
  return { id, kind: 'rule', session: null, decision, about: [about], expiresAt, isRevocable: isGrant };
}
