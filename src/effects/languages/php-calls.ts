/** What PHP's functions do. PHP 8.4 manual. */
import {
  appends,
  changesFolder,
  chmods,
  connects,
  copies,
  decodes,
  dynamic,
  evaluates,
  fetches,
  keeps,
  kills,
  lists,
  makes,
  moves,
  passes,
  prints,
  queries,
  reads,
  readsVariable,
  removes,
  sendsOut,
  shells,
  tellsService,
  touches,
  unpacks,
} from './acts.ts';
import { type Act, type Acts, type CodeMachine, holds } from './machine.ts';
import { apiValue, textValue, UNKNOWN, type Value } from './value.ts';

/** Reads a file, or a URL through PHP's stream wrappers. */
const readsAny: Act = (call) => {
  if (!/^https?:/.test(call.args[0]?.text ?? call.args[0]?.prefix ?? '')) return reads()(call);
  // What a stream context asks for: `['http' => ['method' => …, 'content' => …]]`.
  const asked = call.args[2]?.fields?.get('http')?.fields;
  const method = asked?.get('method')?.text?.toUpperCase();
  if (method === undefined || method === 'GET' || method === 'HEAD') return fetches(call);
  const content = asked?.get('content');
  call.machine.sends(call.args[0], content === undefined ? [] : [content], method);
  return UNKNOWN;
};

const opens: Act = ({ machine, args }) => {
  const mode = args[1]?.text ?? 'r';
  if (mode.startsWith('w')) machine.writes(args[0]);
  else if (mode.startsWith('a')) machine.say('fs.append', machine.paths(args[0]));
  else machine.reads(args[0]);
  return UNKNOWN;
};

/** `curl_setopt($handle, CURLOPT_…, value)`. */
const setsCurl: Act = ({ machine, args }) => {
  const [, option, value] = args;
  if (option?.api === 'CURLOPT_URL') machine.fetches(value);
  else if (option?.api === 'CURLOPT_POSTFIELDS') machine.sends(undefined, value === undefined ? [] : [value]);
  return UNKNOWN;
};

/** A shell whose pipes are a socket. */
const opensProcess: Act = (call) => {
  if (call.machine.connectedTo !== null && (holds(call.args[1] ?? UNKNOWN, 'network') || call.args.length > 1))
    call.machine.handsOutShell = true;
  return shells(call);
};

export const PHP_ACTS: Acts = {
  unlink: removes(),
  rmdir: removes(),
  rename: moves(),
  copy: copies(),
  mkdir: makes(),
  touch: makes(),
  chmod: chmods(),
  chown: touches('fs.owner'),
  symlink: touches('fs.link', 1),
  file_put_contents: ({ machine, args }) => {
    if (args[2]?.api?.includes('FILE_APPEND')) machine.say('fs.append', machine.paths(args[0]));
    else machine.writes(args[0]);
    return UNKNOWN;
  },
  file_get_contents: readsAny,
  file: readsAny,
  readfile: readsAny,
  fopen: opens,
  ftruncate: () => UNKNOWN,
  glob: lists(0, 'pattern'),
  scandir: lists(),
  chdir: changesFolder,
  'File.deleteDirectory': removes(0, { recursive: true }),
  'File.delete': removes(),
  'File.cleanDirectory': removes(0, { recursive: true }),
  'Storage.deleteDirectory': removes(0, { recursive: true }),
  'Storage.delete': removes(),
  exec: shells,
  system: shells,
  shell_exec: shells,
  passthru: shells,
  popen: shells,
  proc_open: opensProcess,
  pcntl_exec: ({ machine, args }) => {
    machine.words([args[0] ?? UNKNOWN, ...(args[1]?.items ?? [])]);
    return UNKNOWN;
  },
  posix_kill: kills,
  eval: evaluates,
  assert: evaluates,
  create_function: ({ machine, args }) => {
    machine.code(args[1]);
    return UNKNOWN;
  },
  include: ({ machine, args }) => {
    if (args[0]?.text === undefined) machine.sayDynamic();
    else if (/^https?:/.test(args[0].text))
      machine.say('run.remote-code', [{ kind: 'name', noun: 'url', name: args[0].text }]);
    return UNKNOWN;
  },
  unserialize: dynamic,
  array_map: (call) => {
    const act = PHP_ACTS[call.args[0]?.text ?? ''];
    for (const one of call.args[1]?.items ?? call.args.slice(1, 2)) act?.({ ...call, args: [one] });
    return UNKNOWN;
  },
  call_user_func: ({ machine, args, receiver, named }) => {
    const name = args[0]?.text;
    const act = name === undefined ? undefined : PHP_ACTS[name];
    if (name === undefined) machine.sayDynamic();
    return act?.({ machine, args: args.slice(1), receiver, named });
  },
  stream_context_create: passes,
  fsockopen: connects,
  stream_socket_client: connects,
  socket_connect: connects,
  fwrite: sendsOut,
  curl_init: ({ args, machine }) => (args[0] === undefined ? UNKNOWN : machine.fetches(args[0])),
  curl_setopt: setsCurl,
  mail: tellsService('mail', 'send'),
  getenv: ({ args, machine }) =>
    args.length === 0 ? { ...apiValue('environment') } : readsVariable(args[0] ?? UNKNOWN, machine.call.env),
  print: prints,
  print_r: prints,
  var_dump: prints,
  json_encode: passes,
  base64_decode: decodes('base64'),
  hex2bin: decodes('hex'),
  gzinflate: unpacks,
  gzuncompress: unpacks,
  str_rot13: unpacks,
  trim: passes,
  error_log: appends(2),
  'DB.statement': queries,
  'DB.unprepared': queries,
  'DB.delete': queries,
  'DB.update': queries,
  'Schema.drop': dropsTable,
  'Schema.dropIfExists': dropsTable,
  'Schema.dropAllTables': dropsTable,
  '*.exec': queries,
  '*.query': queries,
  '*.execute': keeps,
  '*.truncate': ({ machine }) => {
    machine.say('db.drop', [], { statement: 'truncate' });
    return UNKNOWN;
  },
  mysqli_query: ({ machine, args, receiver, named }) => queries({ machine, args: args.slice(1), receiver, named }),
  pg_query: ({ machine, args, receiver, named }) => queries({ machine, args: args.slice(-1), receiver, named }),
};

function dropsTable({ machine }: { readonly machine: CodeMachine }): Value {
  machine.say('db.drop', [], { statement: 'drop table' });
  return UNKNOWN;
}

/** `$f(…)` with a known name is that function; else it could be any. */
export function phpMember(of: Value, name: Value, machine: CodeMachine): Value | undefined {
  if (of.api === '$_ENV' || of.api === '$_SERVER') return readsVariable(name, machine.call.env);
  if (/^\$_(?:GET|POST|REQUEST|COOKIE)$/.test(of.api ?? ''))
    return { ...UNKNOWN, labels: new Set(['network'] as const), sources: ['a request'] };
  if (of.api !== 'function') return undefined;
  if (name.closure !== undefined) return name;
  if (name.text !== undefined) return apiValue(textValue(name.text).text ?? '');
  return { ...UNKNOWN, api: 'computed' };
}
