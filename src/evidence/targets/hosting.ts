/** Which project of a hosting platform a folder is linked to, by the files that the platforms' command lines leave there. */
import { posix } from 'node:path';
import { parse } from 'smol-toml';
import { namesProduction } from '../../effects/subcommands.ts';
import { known } from '../evidence.ts';
import { environmentOf } from './environment.ts';
import { type FoundPlace, type Ground, member, pathOf, shown, textAt } from './ground.ts';

interface Link {
  readonly programs: RegExp;
  /** The option that names the project itself. */
  readonly option: string;
  readonly files: readonly string[];
  /** Ways to the name in the file, the first that is there counting; none: the file's text is the name. */
  readonly keys: readonly (readonly string[])[];
}

const LINKS: readonly Link[] = [
  {
    programs: /^(?:vercel|vc|now)$/,
    option: 'project',
    files: ['.vercel/project.json'],
    keys: [['projectName'], ['projectId']],
  },
  { programs: /^(?:netlify|ntl)$/, option: 'site', files: ['.netlify/state.json'], keys: [['siteId']] },
  { programs: /^(?:fly|flyctl)$/, option: 'app', files: ['fly.toml'], keys: [['app']] },
  { programs: /^heroku$/, option: 'app', files: [], keys: [] },
  { programs: /^wrangler$/, option: 'name', files: ['wrangler.toml', 'wrangler.json'], keys: [['name']] },
  { programs: /^firebase$/, option: 'project', files: ['.firebaserc'], keys: [['projects', 'default']] },
  { programs: /^supabase$/, option: 'project', files: ['supabase/.temp/project-ref'], keys: [] },
  { programs: /^railway$/, option: 'project', files: [], keys: [] },
];

/** Returns the project that the effect is on, or null when nothing tells. */
export function readHosting(ground: Ground): FoundPlace | null {
  const { given } = ground.address;
  if (ground.switches('hosting').length > 0) return null;
  const link = LINKS.find((one) => one.programs.test(ground.effect.program));
  const folder = given['folder'] === undefined ? ground.cwd : pathOf(ground, given['folder'] ?? '\0');
  if (link === undefined || given[link.option] === null || given['folder'] === null) return null;
  const option = given[link.option] ?? null;
  const environment = environmentOf(ground);
  const found =
    option === null ? (folder === null ? null : linked(ground, link, folder)) : { name: option, file: null };
  if (found === null) return null;
  const isProduction =
    given['production'] !== undefined || namesProduction(found.name) || namesProduction(environment?.value ?? '');
  const place = `project ${found.name}${environment === null ? '' : `, environment ${environment.value}`}`;
  const where = found.file === null ? place : `${place} (from ${shown(ground, found.file)})`;
  return {
    facts: {
      cloudAccount: known(found.name),
      ...(environment === null ? {} : { environment: known(environment.value) }),
      ...(isProduction ? { production: known(true) } : {}),
      where: known(where),
    },
    lines: [where],
    keep: [],
  };
}

function linked(ground: Ground, link: Link, folder: string): { readonly name: string; readonly file: string } | null {
  for (const name of link.files) {
    const file = posix.join(folder, name);
    const text = ground.disk.text(file);
    if (text === null) continue;
    const value = link.keys.length === 0 ? null : name.endsWith('.toml') ? toml(text) : ground.disk.json(file);
    const found = link.keys.length === 0 ? text.trim() : link.keys.map((keys) => textAt(value, ...keys)).find(Boolean);
    if (found !== undefined && found !== null && /^[\w.-]{1,100}$/.test(found))
      return { name: aliased(value, found), file };
  }
  return null;
}

/** `.firebaserc` may name an alias of its own. */
function aliased(value: unknown, name: string): string {
  const projects = member(value, 'projects');
  return textAt(projects, name) ?? name;
}

function toml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return null;
  }
}
