/** Secret files that a shell has put into its environment (`set -a; . .env`, `export $(cat .env)`), and what shows them then. */
import type { Target } from './effect.ts';
import { EMPTY_FLOW, labelledFlow } from './flow.ts';
import type { Frame } from './machine.ts';
import { hides } from './masking.ts';
import type { Flow } from './program.ts';
import { isSecretTarget } from './secret-paths.ts';
import type { ShellState } from './shell-state.ts';

/** The source of what prints the whole environment. */
export const ENVIRONMENT = 'environment';

/** How a file is named whose content went into the environment. */
const FILE = /^\$\((.*)\)$/s;

/** Notices that the shell reads the file into its variables. */
export function noticeSourced(frame: Frame, target: Target): void {
  if (!isSecretTarget(target, frame.machine.world.home)) return;
  if (target.kind === 'path') add(frame.state, [`$(${target.path})`]);
  else if (target.kind === 'unknown-path') add(frame.state, [`$(${target.text})`]);
}

/** Notices what flows into words that are exported. */
export function noticeExported(frame: Frame, flow: Flow | undefined): void {
  if (flow?.labels.has('secret') === true)
    add(
      frame.state,
      flow.sources.filter((source) => FILE.test(source)),
    );
}

/** Returns what the environment, printed as a whole, shows of files loaded into it. */
export function loadedSecrets(frame: Frame): Flow {
  const shown = frame.state.loaded.filter((source) => !hides(frame.mask, FILE.exec(source)?.[1] ?? ''));
  return shown.length === 0 ? EMPTY_FLOW : labelledFlow(['secret'], shown);
}

function add(state: ShellState, sources: readonly string[]): void {
  state.loaded = [...new Set([...state.loaded, ...sources])].slice(0, 8);
}
