/** What a session starts with that no commit holds: said to the person at the start, in one short phrase. Reads only. */
import { simpleGit } from 'simple-git';

/** git may take this long in a large tree before the session starts without the phrase. */
const GIT_MS = 1_500;

/** Resolves to `main, 3 changed and 2 untracked files`, or null outside a work tree or when git takes too long. */
export async function atStake(
  workspace: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  try {
    // simple-git refuses an environment with git's own variables, so it gets one made from scratch
    const git = simpleGit(workspace, { allowEnvironment: ['GIT_OPTIONAL_LOCKS'], timeout: { block: GIT_MS } }).env({
      PATH: env['PATH'] ?? '',
      HOME: env['HOME'] ?? '',
      GIT_OPTIONAL_LOCKS: '0',
    });
    const { current, files } = await git.status();
    const untracked = files.filter((file) => file.index === '?').length;
    const changed = files.length - untracked;
    const parts = [changed > 0 ? `${changed} changed` : '', untracked > 0 ? `${untracked} untracked` : ''].filter(
      (part) => part !== '',
    );
    return `${current ?? 'no branch'}, ${parts.length === 0 ? 'nothing uncommitted' : `${parts.join(' and ')} files`}`;
  } catch {
    return null; // no work tree, no git, or too slow: the session matters more than the phrase
  }
}
