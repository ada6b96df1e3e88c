/** A raw call of a forge's HTTP interface (`gh api`): the method, the path and the query say what it does. Pure. */
import type { Fact } from './effect.ts';
import type { Arg, Reading } from './program.ts';
import { flowOf, known, names, type Use } from './subcommands.ts';

/** What a path of the interface is about, the first that matches. GitHub REST 2022-11-28, GitLab v4. */
const OBJECTS: readonly (readonly [RegExp, string])[] = [
  [/\/(?:secrets|dependabot\/secrets)\b/, 'secret'],
  [/\/(?:keys|gpg_keys|deploy_keys)\b/, 'key'],
  [/\/(?:collaborators|members|invitations|teams)\b/, 'access'],
  [/\/(?:protection|protected_branches|rulesets)\b/, 'protection'],
  [/\/(?:comments|replies|notes|reactions)\b/, 'comment'],
  [/\/git\/refs\b|\/branches\b|\/tags\b/, 'ref'],
  [/\/(?:contents|git\/(?:commits|trees|blobs))\b/, 'content'],
  [/\/actions\b|\/pipelines\b|\/dispatches\b/, 'workflow'],
  [/\/hooks\b/, 'webhook'],
  [/\/(?:pulls|merge_requests)\b/, 'pr'],
  [/\/issues\b/, 'issue'],
  [/\/releases\b/, 'release'],
  [/^\/?gists\b/, 'gist'],
  [/^\/?(?:repos\/[^/]+\/[^/]+|projects\/[^/]+)\/?$|^\/?user\/repos|^\/?orgs\/[^/]+\/repos/, 'repo'],
];

/** Objects whose change is worse than a comment too many. */
const WEIGHTY = new Set(['secret', 'key', 'access', 'protection', 'webhook']);

/** Calls that are posted and keep nothing: they answer with a text (GitHub REST API 2022-11-28). */
const MAKES_TEXT = /^\/?(?:repos\/[^/]+\/[^/]+\/releases\/generate-notes|markdown(?:\/raw)?)$/;

/** Returns what the call does. `typed` are the options whose values starting with `@` name files. */
export function apiCall(use: Use, typed: readonly string[]): Reading {
  const output = flowOf('network', [use.call.name]);
  const endpoint = textOf(use.operands[0]);
  const fields = use.args('-f', '--raw-field', '-F', '--field');
  const method = (
    use.value('-X', '--method') ?? (fields.length > 0 || use.has('--input') ? 'POST' : 'GET')
  ).toUpperCase();
  if (endpoint === 'graphql')
    return { effects: graphql(use, typed) ? [] : [use.call.effect('forge.write', [], mutation(use, typed))], output };
  if (method === 'GET' || method === 'HEAD' || MAKES_TEXT.test(endpoint)) return { effects: [], output };
  const targets = names('api', use.operands.slice(0, 1));
  if (/\/(?:pulls|merge_requests)\/[^/]+\/merge$/.test(endpoint))
    return { effects: [use.call.effect('forge.merge', targets)], output };
  const object = OBJECTS.find(([pattern]) => pattern.test(endpoint))?.[1] ?? 'other';
  const destructive =
    method === 'DELETE' ||
    WEIGHTY.has(object) ||
    (object === 'repo' && method !== 'POST') ||
    (object === 'ref' && method === 'PATCH');
  const facts: Record<string, Fact> = { verb: method.toLowerCase(), object, ...(destructive ? { destructive } : {}) };
  const effects = [use.call.effect('forge.write', targets, facts)];
  if (object === 'secret')
    effects.push(use.call.effect('secret.store', targets, { verb: method === 'DELETE' ? 'delete' : 'write' }));
  return { effects, output };
}

/** Returns whether the query only reads; one that can't be known does not. */
function graphql(use: Use, typed: readonly string[]): boolean {
  const query = queryOf(use, typed);
  return query !== null && !/^(?:\s|#.*\n)*mutation\b|\bmutation\b[^{]*\{/.test(query) && query.trim() !== '';
}

function mutation(use: Use, typed: readonly string[]): Record<string, Fact> {
  const query = queryOf(use, typed) ?? '';
  const name = /mutation\b[^{]*\{\s*(?:\w+\s*:\s*)?(\w+)/.exec(query)?.[1] ?? 'unknown mutation';
  const object = /comment|reply|thread|reaction/i.test(name)
    ? 'comment'
    : /pullrequest/i.test(name)
      ? 'pr'
      : /issue/i.test(name)
        ? 'issue'
        : 'other';
  return {
    verb: name,
    object,
    ...(/^(?:delete|remove|archive|transfer|merge)/i.test(name) ? { destructive: true } : {}),
  };
}

function queryOf(use: Use, typed: readonly string[]): string | null {
  for (const arg of use.args('-f', '--raw-field', '-F', '--field')) {
    const text = textOf(arg);
    if (!text.startsWith('query=')) continue;
    const query = text.slice('query='.length);
    if (!query.startsWith('@') || !typed.some((name) => use.args(name).includes(arg))) return query;
    if (query === '@-') return use.call.stdin.text;
    const file = use.call.path({ kind: 'literal', value: query.slice(1), span: arg.span });
    return file.kind === 'path' ? use.call.readFile(file.path) : null;
  }
  return use.arg('--input') === undefined ? null : use.call.stdin.text;
}

/** The known text of `arg`, with nothing for its unknown parts. */
function textOf(arg: Arg | undefined): string {
  if (arg === undefined) return '';
  return known(arg) ?? (arg.kind === 'unknown' ? `${arg.prefix}${arg.suffix}` : '');
}
