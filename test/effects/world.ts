/** A made-up machine for tests of the engine: nothing of the real one is read. */
import { derive } from '../../src/effects/derive.ts';
import type { Prediction, Target } from '../../src/effects/effect.ts';
import type { World } from '../../src/effects/machine.ts';

/** Returns a world whose files are `files`; its workspace is /ws, its home /home/u, its environment known. */
export function madeUpWorld(files: Readonly<Record<string, string>> = {}, changes: Partial<World> = {}): World {
  return {
    cwd: '/ws',
    home: '/home/u',
    workspace: '/ws',
    env: { HOME: '/home/u', PATH: '/usr/bin:/bin', USER: 'u' },
    readFile: (path) => files[path] ?? null,
    ...changes,
  };
}

/** Returns what a command line would do there. */
export function deriveLine(
  text: string,
  world: World = madeUpWorld(),
  dialect: 'bash' | 'sh' | 'zsh' = 'bash',
): Prediction {
  return derive({ kind: 'command', text, dialect }, world);
}

/** Returns each effect as `kind target target`, for comparing whole lists. */
export function told(prediction: Prediction): string[] {
  return prediction.effects.map((effect) => [effect.kind, ...effect.targets.map(targetText)].join(' '));
}

/** Returns a target as one word. */
export function targetText(target: Target): string {
  switch (target.kind) {
    case 'path':
      return target.path;
    case 'unknown-path':
      return `?${target.prefix ?? ''}${target.ifEmpty === null ? '' : `|${target.ifEmpty}`}`;
    case 'name':
      return target.name;
    case 'unknown-name':
      return `?${target.noun}`;
    default:
      return target satisfies never;
  }
}
