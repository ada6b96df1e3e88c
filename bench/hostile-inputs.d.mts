/** The types of hostile-inputs.mjs, for the tests. */
import type { Action } from '../src/protocol/request.ts';

export interface HostileInput {
  readonly name: string;
  readonly action: Action;
  /** Files that it reads, by path. */
  readonly files: Readonly<Record<string, string>>;
}

export function hostileInputs(seed?: number): readonly HostileInput[];
