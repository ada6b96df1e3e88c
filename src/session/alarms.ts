/**
 * What a session does when the tripwire raises an alarm: everything in it stands still while a person looks; what runs away
 * may always be ended. One question for one loss: alarms that come while a person is asked, or on the heels of a yes, are
 * part of what was asked about.
 */
import { causeText } from '../errors.ts';
import type { Alarm } from '../watch/tripwire.ts';
import type { Brake } from './brake.ts';

/** After a yes, a loss that pauses for so long is over; the next alarm is asked about again. */
const REST_MS = 10_000;

export interface AlarmParts {
  /** Resolves to a person's answer; `muted`: nobody was asked, since a released command explains it. */
  ask(alarm: Alarm): Promise<{ readonly granted: boolean; readonly muted: boolean; readonly reason: string | null }>;
  readonly brake: Brake;
  /** Called when the session comes to a stand, and when it goes on or is over. */
  stands(isStanding: boolean): void;
  readonly say: (text: string) => void;
  readonly now: () => number;
}

export class Alarms {
  readonly #parts: AlarmParts;
  #isAsking = false;
  #isClosed = false;
  #grantedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: AlarmParts) {
    this.#parts = parts;
  }

  /** Resolves once the alarm is met. */
  async raise(alarm: Alarm): Promise<void> {
    const { brake, stands, now } = this.#parts;
    if (this.#isAsking) return brake.stop(); // what has been started since stands still too
    if (now() - this.#grantedAt < REST_MS) {
      this.#grantedAt = now();
      return;
    }
    this.#isAsking = true;
    stands(true);
    brake.stop();
    try {
      await this.#meet(alarm);
    } finally {
      this.#isAsking = false;
      stands(false);
    }
  }

  /** The session is over: whatever is still asked matters no more. */
  close(): void {
    this.#isClosed = true;
  }

  async #meet(alarm: Alarm): Promise<void> {
    const { ask, brake, say, now } = this.#parts;
    say(
      `${alarm.deleted} files vanished within ${alarm.seconds.toFixed(1)} s; the session stands still until you answer. In another terminal: belay review`,
    );
    try {
      const { granted, muted, reason } = await ask(alarm);
      if (granted || muted) {
        if (!muted) this.#grantedAt = now();
        brake.go();
        if (!muted) say('the session goes on.');
        return;
      }
      brake.end();
      say(`the session was ended${reason === null ? '' : `: ${reason}`}. What vanished can be had back: belay undo`);
    } catch (thrown) {
      if (this.#isClosed) return;
      say(`nobody could be asked (${causeText(thrown)}); the session was ended. See: belay snapshots`);
      brake.end();
    }
  }
}
