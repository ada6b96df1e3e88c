/**
 * Where a repository's own git hook lies, behind the ones that a guarded session hands to git: what would run if Belay
 * were not there. Asks git itself, with the session's own setting taken out; kept for a short while.
 */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const KEEP_MS = 10_000;
const GIT_MS = 2_000;

const folders = new Map<string, { readonly folder: string | null; readonly until: number }>();

/** Resolves to the absolute path of the repository's own executable hook `name`, or null when it has none. */
export async function ownHook(
  name: string,
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<string | null> {
  const folder = await hooksFolder(cwd, env);
  if (folder === null) return null;
  const path = join(folder, name);
  return access(path, constants.X_OK).then(
    () => path,
    () => null,
  );
}

async function hooksFolder(cwd: string, env: Readonly<Record<string, string>>): Promise<string | null> {
  const key = `${cwd}\0${env['GIT_DIR'] ?? ''}`;
  const kept = folders.get(key);
  if (kept !== undefined && kept.until > Date.now()) return kept.folder;
  let folder: string | null = null;
  try {
    const { stdout } = await run('git', ['rev-parse', '--git-path', 'hooks'], {
      cwd,
      env: withoutHooksPath(env),
      timeout: GIT_MS,
    });
    const answer = stdout.replace(/\n$/, '');
    folder = isAbsolute(answer) ? answer : resolve(cwd, answer);
  } catch {
    folder = null;
  }
  if (folders.size > 256) folders.clear();
  folders.set(key, { folder, until: Date.now() + KEEP_MS });
  return folder;
}

/** Returns the environment without the `core.hooksPath` that the session set, its other settings kept. */
export function withoutHooksPath(env: Readonly<Record<string, string>>): Record<string, string> {
  const ours = env['BELAY_HOOKS'];
  const kept: Record<string, string> = {};
  const settings: [string, string][] = [];
  for (let i = 0; i < Number(env['GIT_CONFIG_COUNT'] ?? '0'); i++) {
    const key = env[`GIT_CONFIG_KEY_${i}`];
    const value = env[`GIT_CONFIG_VALUE_${i}`];
    if (key === undefined || value === undefined) continue;
    if (key.toLowerCase() === 'core.hookspath' && value === ours) continue;
    settings.push([key, value]);
  }
  for (const [name, value] of Object.entries(env)) if (!name.startsWith('GIT_CONFIG_')) kept[name] = value;
  for (const name of ['GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM', 'GIT_CONFIG_PARAMETERS']) {
    const value = env[name];
    if (value !== undefined) kept[name] = value;
  }
  kept['GIT_CONFIG_COUNT'] = String(settings.length);
  for (const [index, [key, value]] of settings.entries()) {
    kept[`GIT_CONFIG_KEY_${index}`] = key;
    kept[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return kept;
}
