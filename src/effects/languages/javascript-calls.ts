/** What JavaScript's functions do: Node 24, Bun 1.3 and Deno 2 libraries, and the usual packages. */
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
  fileContent,
  keeps,
  kills,
  listens,
  lists,
  makes,
  moves,
  passes,
  prints,
  queries,
  reads,
  removes,
  removesAsked,
  requests,
  sends,
  sendsOut,
  shells,
  spawns,
  tellsService,
  touches,
  unpacks,
  writes,
} from './acts.ts';
import { type Act, type Acts, holds } from './machine.ts';
import { apiValue, joined, joinedPath, labelled, textValue, UNKNOWN, type Value } from './value.ts';

/** The functions of `fs`, by their names without `Sync`; each stands in `fs`, `fs.promises` and their like. */
const FILES: Acts = {
  rm: removesAsked(),
  unlink: removes(),
  rmdir: removesAsked(),
  remove: removes(0, { recursive: true }), // fs-extra
  removeSync: removes(0, { recursive: true }),
  emptyDir: removes(0, { recursive: true }),
  writeFile: writes(),
  outputFile: writes(),
  writeJson: writes(),
  createWriteStream: writes(),
  appendFile: appends(),
  truncate: writes(0, { empty: true }),
  rename: moves(),
  move: moves(),
  copyFile: copies(),
  cp: copies(),
  copy: copies(),
  mkdir: makes(),
  ensureDir: makes(),
  mkdtemp: () => ({ ...UNKNOWN, prefix: '/tmp/' }),
  chmod: chmods(),
  chown: touches('fs.owner'),
  symlink: touches('fs.link', 1),
  link: touches('fs.link', 1),
  readFile: reads(),
  createReadStream: reads(),
  readdir: lists(),
  open: ({ machine, args }) => {
    const mode = args[1]?.text ?? 'r';
    if (mode.startsWith('w')) machine.writes(args[0]);
    else if (mode.startsWith('a')) machine.say('fs.append', machine.paths(args[0]));
    return fileContent(args[0], false);
  },
  realpath: passes,
};

const run: Act = spawns(true);
const requireAct: Act = ({ args }) =>
  args[0]?.text === undefined ? labelled('handed') : apiValue(moduleName(args[0].text));

/** Returns the name that a module's functions stand under in the tables. */
export function moduleName(name: string): string {
  const plain = name.replace(/^node:/, '').replace('/', '.');
  return /^(?:fs-extra|graceful-fs|fs\.promises|memfs)$/.test(plain) ? 'fs' : plain;
}

export const JAVASCRIPT_ACTS: Acts = {
  ...under('fs', FILES),
  ...under('fs.promises', FILES),
  ...under('fs.default', FILES),
  require: requireAct,
  import: requireAct,
  'module.createRequire()': requireAct,
  'module.require': requireAct,
  'module.constructor._load': requireAct,
  'process.mainModule.require': requireAct,
  rimraf: removes(0, { recursive: true }),
  'rimraf.sync': removes(0, { recursive: true }),
  'rimraf.rimraf': removes(0, { recursive: true }),
  'rimraf.rimrafSync': removes(0, { recursive: true }),
  del: removes(0, { recursive: true }),
  'del.deleteAsync': removes(0, { recursive: true }),
  'del.deleteSync': removes(0, { recursive: true }),
  'trash.default': removes(),
  'shelljs.rm': ({ machine, args }) => {
    machine.say(
      'fs.delete',
      args.filter((one) => !one.text?.startsWith('-')).flatMap((one) => machine.paths(one)),
      { recursive: true },
    );
    return UNKNOWN;
  },
  'shelljs.exec': shells,
  'glob.globSync': lists(0, 'pattern'),
  'glob.sync': lists(0, 'pattern'),
  'fast-glob.sync': lists(0, 'pattern'),
  'path.join': ({ args }) => joinedPath(args),
  'path.resolve': ({ args }) => joinedPath(args),
  'path.normalize': passes,
  'path.posix.join': ({ args }) => joinedPath(args),
  'os.homedir': ({ machine }) => (machine.call.home === null ? UNKNOWN : textValue(machine.call.home)),
  'os.tmpdir': () => textValue('/tmp'),
  'process.cwd': ({ machine }) => (machine.call.cwd === null ? UNKNOWN : textValue(machine.call.cwd)),
  'process.chdir': changesFolder,
  'process.kill': kills,
  'process.binding': dynamic,
  'process.dlopen': dynamic,
  'console.log': prints,
  'console.error': prints,
  'console.info': prints,
  'console.table': prints,
  'process.stdout.write': prints,
  'JSON.stringify': passes,
  'JSON.parse': ({ args }) =>
    args[0] === undefined ? undefined : { ...UNKNOWN, labels: args[0].labels, sources: args[0].sources },
  String: passes,
  'Object.entries': passes,
  'Object.keys': passes,

  'child_process.exec': shells,
  'child_process.execSync': shells,
  'child_process.spawn': run,
  'child_process.spawnSync': run,
  'child_process.execFile': run,
  'child_process.execFileSync': run,
  'child_process.fork': run,
  execa: run,
  'execa.execa': run,
  'execa.execaSync': run,
  'execa.execaCommand': shells,
  'execa.command': shells,
  'cross-spawn': run,
  'cross-spawn.sync': run,
  'Bun.spawn': spawns(),
  'Bun.spawnSync': spawns(),
  'Deno.Command': ({ machine, args, named }) => {
    machine.words([args[0] ?? UNKNOWN, ...(named('args')?.items ?? [])]);
    return UNKNOWN;
  },
  'Deno.run': ({ machine, named }) => {
    machine.words(named('cmd')?.items ?? []);
    return UNKNOWN;
  },
  eval: evaluates,
  Function: ({ machine, args }) => {
    machine.code(args.at(-1));
    return UNKNOWN;
  },
  'vm.runInThisContext': evaluates,
  'vm.runInNewContext': evaluates,
  'vm.runInContext': evaluates,
  'vm.Script': evaluates,

  'Bun.write': writes(),
  'Bun.file().delete': removes(-1),
  'Bun.file().unlink': removes(-1),
  'Bun.file': ({ args, machine }) => {
    const secret = machine.reads(args[0]);
    return { ...(args[0] ?? UNKNOWN), ...(secret ? labelled('secret', args[0]?.text) : {}), api: 'Bun.file()' };
  },
  ...deno({
    remove: removesAsked(),
    writeTextFile: writes(),
    writeFile: writes(),
    rename: moves(),
    copyFile: copies(),
    mkdir: makes(),
    readTextFile: reads(),
    readFile: reads(),
    readDir: lists(),
    chmod: chmods(),
    truncate: writes(0, { empty: true }),
    kill: kills,
    chdir: changesFolder,
  }),
  'Deno.env.get': ({ args, machine }) => {
    const name = args[0]?.text;
    const value = name === undefined ? undefined : machine.call.env(name);
    return typeof value === 'string' ? textValue(value) : UNKNOWN;
  },
  'Deno.env.toObject': () => ({ ...labelled('secret', '$environment'), api: 'environment' }),

  fetch: requests(0, ['body']),
  'undici.fetch': requests(0, ['body']),
  'undici.request': requests(0, ['body']),
  'node-fetch': requests(0, ['body']),
  axios: requests(),
  'axios.get': fetches,
  'axios.post': sends('POST'),
  'axios.put': sends('PUT'),
  'axios.patch': sends('PATCH'),
  'axios.delete': sends('DELETE'),
  'axios.request': requests(),
  got: requests(0, ['json', 'body', 'form']),
  'got.post': requests(0, ['json', 'body', 'form']),
  'https.get': fetches,
  'http.get': fetches,
  'https.request': httpRequest,
  'http.request': httpRequest,
  'navigator.sendBeacon': sends('POST'),
  WebSocket: connects,
  'net.connect': connectsByPort,
  'net.createConnection': connectsByPort,
  'net.Socket().connect': connectsByPort,
  'tls.connect': connectsByPort,
  'request().write': sendsBody,
  'request().end': sendsBody,
  'socket.write': sendsOut,
  '*.pipe': ({ machine, args, receiver }) => {
    // A process whose output goes into a socket, or a socket into a process.
    if (machine.connectedTo !== null && (args[0]?.labels.has('handed') || receiver.labels.has('handed')))
      machine.handsOutShell = true;
    if (args[0]?.api === 'socket' || args[0]?.api === 'request()')
      machine.sends(textValue(machine.connectedTo ?? args[0].sources[0] ?? 'unknown'), [receiver], 'stream');
    return args[0];
  },
  '*.listen': listens(),
  'nodemailer.createTransport().sendMail': tellsService('mail', 'send'),
  '*.sendMail': tellsService('mail', 'send'),

  atob: decodes('base64'),
  'Buffer.from': (call) => {
    const encoding = call.args[1]?.text;
    return encoding === 'base64' || encoding === 'hex' ? decodes(encoding)(call) : call.args[0];
  },
  'zlib.gunzipSync': unpacks,
  '*.toString': keeps,
  '*.trim': keeps,
  '*.concat': ({ receiver, args }) => (receiver.text === undefined ? undefined : joined([receiver, ...args], '')),
  '*.join': ({ receiver, args }) =>
    receiver.items === undefined ? undefined : joined(receiver.items, args[0]?.text ?? ','),
  '*.split': ({ receiver, args }) =>
    receiver.text === undefined || args[0]?.text === undefined
      ? undefined
      : { ...UNKNOWN, items: receiver.text.split(args[0].text).map(textValue) },
  '*.replace': ({ receiver }) =>
    receiver.text === undefined ? undefined : { ...UNKNOWN, labels: receiver.labels, sources: receiver.sources },
  '*.filter': keeps,
  '*.map': keeps,
  '*.query': queries,
  '*.execute': queries,
  '*.exec': queries,
  '*.raw': queries,
  '*.$executeRawUnsafe': queries,
  '*.$queryRawUnsafe': queries,
  '*.run': queries,
  '*.prepare': queries,
  '*.dropDatabase': ({ machine }) => {
    machine.say('db.drop', [], { statement: 'dropDatabase' });
    return UNKNOWN;
  },
  '*.deleteMany': ({ machine, args }) => {
    const filter = args[0]?.fields;
    machine.say('db.write', [], {
      statement: 'deleteMany',
      ...(filter === undefined || filter.size === 0 ? { unbounded: true } : {}),
    });
    return UNKNOWN;
  },
};

function under(module: string, acts: Acts): Acts {
  return Object.fromEntries(
    Object.entries(acts).flatMap(([name, act]) => [
      [`${module}.${name}`, act],
      [`${module}.${name}Sync`, act],
    ]),
  );
}

function deno(acts: Acts): Acts {
  return under('Deno', acts);
}

function connectsByPort(call: Parameters<Act>[0]): Value {
  const host = call.named('host')?.text ?? call.args[1]?.text ?? call.args[0]?.text;
  call.machine.connectedTo = host ?? 'a computed address';
  return { ...labelled('network', host), api: 'socket' };
}

/** `https.request(options)`: what is written to it later is what is sent. */
function httpRequest(call: Parameters<Act>[0]): Value {
  const host = call.args[0]?.text ?? call.named('hostname')?.text ?? call.named('host')?.text;
  const method = call.named('method')?.text?.toUpperCase() ?? 'GET';
  const address = textValue(host ?? 'a computed address');
  if (method === 'GET') call.machine.fetches(address);
  else call.machine.sends(address, [], method);
  return { ...labelled('network', host), api: 'request()' };
}

function sendsBody(call: Parameters<Act>[0]): Value {
  const host = call.receiver.sources[0];
  const [body] = call.args;
  if (body !== undefined && (holds(body, 'secret') || holds(body, 'file')))
    call.machine.sends(host === undefined ? undefined : textValue(host), [body]);
  return UNKNOWN;
}
