/** One line on the terminal that says how far long work is. Silent for what takes less than a second, and off a terminal. */
import type { CliContext } from './context.ts';

const SILENT_MS = 1_000;

/** Returns a line to show progress on, and to clear at the end. */
export function progressOf(context: CliContext): { show(done: Readonly<Record<string, unknown>>): void; end(): void } {
  const startedAt = Date.now();
  let shown = false;
  return {
    show: (done) => {
      if (!process.stderr.isTTY || Date.now() - startedAt < SILENT_MS) return;
      const { phase, files, total } = done;
      shown = true;
      context.err(
        `\r\u001b[K${String(phase)}: ${String(files)}${typeof total === 'number' ? ` of ${total}` : ''} files`,
      );
    },
    end: () => {
      if (shown) context.err('\r\u001b[K');
    },
  };
}
