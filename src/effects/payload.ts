/** What a request sends along, told by where it comes from: data on the line, files, secrets. Pure. */
import { dropStart, exactText, knownStart } from './args.ts';
import type { Effect, Target } from './effect.ts';
import type { Arg, Call, Flow } from './program.ts';
import { named } from './readings.ts';
import { isSecretPath } from './secret-paths.ts';

/** What a request sends along: the strongest of what its parts are. */
export interface Payload {
  readonly what: 'data' | 'file' | 'secret' | 'unknown';
  /** Files or variables that are secret. */
  readonly secrets: readonly string[];
  readonly reads: readonly Target[];
}

/** Returns what sending the word `arg` sends; `at`: a leading `@` names a file. */
export function payload(call: Call, arg: Arg, at: boolean): Payload {
  const start = knownStart(arg);
  const file = at ? /^(?:[\w.[\]-]+=)?[@<]/.exec(start)?.[0] : undefined;
  if (file !== undefined) {
    const name = dropStart(arg, file.length);
    if (exactText(name) === '-') return ofFlow(call.stdin);
    if (name.kind === 'unknown' && name.flow !== undefined && name.prefix.startsWith('/dev/fd'))
      return ofFlow(name.flow);
    const target = call.path(pathOnly(name));
    const made = call.made(target);
    const secret =
      target.kind === 'path' && isSecretPath(target.path, call.home)
        ? [target.path]
        : made?.labels.has('secret') === true
          ? made.sources
          : [];
    if (made?.text != null && secret.length === 0) return { what: 'data', secrets: [], reads: [target] };
    return { what: secret.length > 0 ? 'secret' : 'file', secrets: secret, reads: [target] };
  }
  return arg.kind === 'unknown' && arg.flow !== undefined ? ofFlow(arg.flow) : { what: 'data', secrets: [], reads: [] };
}

/** `file=@path;type=text/plain`: what follows the semicolon is not the path. */
function pathOnly(arg: Arg): Arg {
  if (arg.kind !== 'literal') return arg;
  return { ...arg, value: arg.value.replace(/;(?:type|filename)=.*$/, '') };
}

/** Returns what sending what flows in sends. */
export function ofFlow(flow: Flow): Payload {
  if (flow.labels.has('secret')) return { what: 'secret', secrets: flow.sources, reads: [] };
  if (flow.text !== null) return { what: 'data', secrets: [], reads: [] };
  if (flow.labels.has('content') || flow.labels.has('files')) return { what: 'file', secrets: [], reads: [] };
  return { what: flow.labels.has('unknown') ? 'unknown' : 'data', secrets: [], reads: [] };
}

const WEIGHT = { data: 0, unknown: 1, file: 2, secret: 3 } as const;

/** Returns the payloads as one, told by the strongest. */
export function strongest(payloads: readonly Payload[]): Payload {
  const what = payloads.reduce<Payload['what']>(
    (most, one) => (WEIGHT[one.what] > WEIGHT[most] ? one.what : most),
    'data',
  );
  return { what, secrets: payloads.flatMap((one) => one.secrets), reads: payloads.flatMap((one) => one.reads) };
}

/** Returns whether a URL or host is this machine itself. */
export function isLocalHost(url: string): boolean {
  return /^(?:\w+:\/\/)?(?:[^@/]*@)?(?:localhost|(?=:\d)|127(?:\.\d+){3}|\[?::1\]?|0\.0\.0\.0|[\w-]+\.localhost|host\.docker\.internal)(?::\d+)?(?:[/?#]|$)/i.test(
    url,
  );
}

/** Returns the target that a URL names. */
export function urlTarget(arg: Arg): Target {
  return named('url', arg);
}

function local(targets: readonly Target[]): boolean {
  return (
    targets.length > 0 &&
    targets.every((target) => {
      const url =
        target.kind === 'name' ? target.name : target.kind === 'unknown-name' ? target.text.replace(/^["']/, '') : '';
      return isLocalHost(url);
    })
  );
}

/** Returns the effects of sending `sent` to `targets`. */
export function send(call: Call, targets: readonly Target[], sent: Payload, method: string): readonly Effect[] {
  const isLocal = local(targets);
  const effects: Effect[] = [];
  if (sent.reads.length > 0) effects.push(call.effect('fs.read', sent.reads));
  effects.push(call.effect('net.send', targets, { what: sent.what, method, local: isLocal }));
  if (sent.what === 'secret' && !isLocal)
    effects.push(call.effect('secret.send', targets, { what: sent.secrets.join(', ') }));
  return effects;
}

/** Returns what sending the file that `arg` names sends. */
export function upload(call: Call, arg: Arg): Payload {
  const target = call.path(arg);
  const secret = target.kind === 'path' && isSecretPath(target.path, call.home) ? [target.path] : [];
  return { what: secret.length > 0 ? 'secret' : 'file', secrets: secret, reads: [target] };
}
