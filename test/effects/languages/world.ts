/** Derives the effects of code in a world that holds nothing but what it is given. */
import { derive } from '../../../src/effects/derive.ts';
import type { Effect } from '../../../src/effects/effect.ts';

export const CWD = '/home/ada/app';

/** Returns the effects of `code` read from stdin by `program`. */
export function effectsOf(
  program: string,
  code: string,
  files: Readonly<Record<string, string>> = {},
): readonly Effect[] {
  return effectsOfLine(`${program} <<'END_OF_CODE'\n${code}\nEND_OF_CODE`, files);
}

/** Returns the effects of a command line. */
export function effectsOfLine(text: string, files: Readonly<Record<string, string>> = {}): readonly Effect[] {
  const world = {
    cwd: CWD,
    home: '/home/ada',
    workspace: CWD,
    env: { STAGE: 'dev' },
    readFile: (path: string) => files[path] ?? null,
  };
  return derive({ kind: 'command', text, dialect: 'bash' }, world).effects;
}

/** Returns effects as short lines: `fs.delete /home/ada/app/a`, with targets that are not known as `?`. */
export function told(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) => {
    const targets = effect.targets.map((target) =>
      target.kind === 'path'
        ? target.path
        : target.kind === 'name'
          ? target.name
          : target.kind === 'unknown-path' && target.prefix !== null
            ? `?${target.prefix}`
            : '?',
    );
    return [[effect.kind, ...targets].join(' ')];
  });
}
