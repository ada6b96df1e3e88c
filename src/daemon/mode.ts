/** Whether Belay judges and stops (`auto`), judges only (`observe`), or stands aside (`off`). Kept across restarts. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { replaceFile } from '../platform/atomic-file.ts';
import { MODES, type Mode } from '../protocol/calls.ts';

const stored = z.object({ mode: z.enum(MODES) });

export class ModeSwitch {
  readonly #file: string;
  #now: Mode;

  constructor(file: string) {
    this.#file = file;
    this.#now = readMode(file);
  }

  get now(): Mode {
    return this.#now;
  }

  /** Durable when it returns. */
  set(mode: Mode): void {
    replaceFile(this.#file, `${JSON.stringify({ mode })}\n`);
    this.#now = mode;
  }
}

/** A file that is missing or can't be read means `auto`: the safe one. */
function readMode(file: string): Mode {
  try {
    return stored.parse(JSON.parse(readFileSync(file, 'utf8'))).mode;
  } catch {
    return 'auto';
  }
}
