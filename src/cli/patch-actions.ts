/** The files that a patch names, as the file tools that it stands for. Pure; a line that is no header is passed over. */
import type { Action } from '../protocol/request.ts';

type FileTool = Extract<Action, { kind: 'tool' }>;

const TOOLS: Readonly<Record<string, FileTool['tool']>> = {
  'Add File': 'write',
  'Update File': 'edit',
  'Delete File': 'delete',
  'Move to': 'write',
};

/** Returns an action for each file of an `apply_patch` text (`*** Update File: a`), or of a unified diff. */
export function patchActions(patch: string): readonly FileTool[] {
  const actions: FileTool[] = [];
  const added: string[][] = [];
  let before = '';
  const start = (tool: FileTool['tool'], path: string): void => {
    actions.push({ kind: 'tool', tool, path, content: null });
    added.push([]);
  };
  for (const line of patch.split('\n')) {
    const named = /^\*\*\* (Add File|Update File|Delete File|Move to): (.+?)\s*$/.exec(line);
    const header = named === null ? /^(---|\+\+\+) ([^\t\r]+?)\s*(?:\t.*)?$/.exec(line) : null;
    if (named !== null) start(TOOLS[named[1] ?? ''] ?? 'edit', named[2] ?? '');
    else if (header?.[1] === '---') before = stripped(header[2] ?? '');
    else if (header !== null) {
      const after = stripped(header[2] ?? '');
      if (after === '/dev/null') start('delete', before);
      else start(before === '/dev/null' ? 'write' : 'edit', after);
    } else if (line.startsWith('+')) added.at(-1)?.push(line.slice(1));
  }
  return actions.map((action, index) => {
    const lines = added[index] ?? [];
    return lines.length === 0 ? action : { ...action, content: lines.join('\n') };
  });
}

/** Takes off the `a/` or `b/` that git puts in front. */
function stripped(path: string): string {
  return path.replace(/^[ab]\/(?=.)/, '');
}
