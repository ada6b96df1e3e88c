/** Programs that decode or decrypt: constants are decoded here, so that what they hide is read; the rest is labelled. */
import { exactText } from '../args.ts';
import type { Effect, Target } from '../effect.ts';
import { joinFlows, labelledFlow } from '../flow.ts';
import { gpgKeys } from '../gpg-keys.ts';
import { ofFlow, send } from '../payload.ts';
import type { Call, Flow, OptionSpec, Program, Reading } from '../program.ts';
import { words } from '../readings.ts';
import { SHELL_SOURCE } from './shells.ts';

const MAX_DECODED = 65_536;

/** Returns what the call reads: its file operands, or stdin. */
function input(
  call: Call,
  files: Reading['effects'][number]['targets'],
): { readonly flow: Flow; readonly effects: readonly Effect[] } {
  if (files.length === 0) return { flow: call.stdin, effects: [] };
  const flows = files.map((target) => {
    const made = call.made(target);
    return made ?? labelledFlow(['content'], target.kind === 'path' ? [target.path] : []);
  });
  return { flow: flows.reduce(joinFlows), effects: [call.effect('fs.read', files)] };
}

/** A reader of `spec` whose decoding turns known text by `decode`. `decodes` tells whether the call decodes at all. */
function decoder(
  spec: OptionSpec,
  decodes: (call: Call) => boolean,
  decode: (text: string) => string | null,
): (call: Call) => Reading {
  return (call) => {
    const options = call.options(spec);
    const files = options.operands.filter((arg) => exactText(arg) !== '-').map(call.path);
    const from = input(call, files);
    if (!decodes(call)) return { effects: from.effects, output: { ...from.flow, text: null } };
    const text = from.flow.text === null ? null : decode(from.flow.text);
    const labels = new Set(from.flow.labels);
    labels.add('decoded');
    return {
      effects: from.effects,
      output: { ...from.flow, labels, text: text !== null && text.length <= MAX_DECODED ? text : null },
    };
  };
}

const has =
  (spec: OptionSpec, ...names: readonly string[]) =>
  (call: Call): boolean =>
    call.options(spec).has(...names);

/** Returns the decoded bytes as text, or null when they are none. */
function utf8(bytes: Uint8Array): string | null {
  const text = new TextDecoder().decode(bytes);
  return text.includes('\ufffd') ? null : text;
}

function fromBase64(text: string): string | null {
  const plain = text.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(plain)) return null;
  return utf8(Uint8Array.from(atob(plain.replace(/=+$/, '')), (letter) => letter.charCodeAt(0)));
}

function fromBase32(text: string): string | null {
  const plain = text.replace(/[\s=]+/g, '').toUpperCase();
  if (!/^[A-Z2-7]*$/.test(plain)) return null;
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of plain) {
    bits = (bits << 5) | 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter);
    held += 5;
    if (held >= 8) {
      held -= 8;
      bytes.push((bits >> held) & 255);
      bits &= (1 << held) - 1;
    }
  }
  return utf8(Uint8Array.from(bytes));
}

function fromHex(text: string): string | null {
  const plain = text.replace(/\s+/g, '');
  if (!/^(?:[\da-f]{2})*$/i.test(plain)) return null;
  return utf8(Uint8Array.from(plain.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
}

const NEVER = (): string | null => null;
const BASE: OptionSpec = {
  flags: words('-d -D --decode -i --ignore-garbage -n'),
  values: words('-w --wrap -b --break'),
};
const XXD: OptionSpec = {
  flags: words('-r -revert -p -ps -plain -b -u -i -e'),
  values: words('-c -cols -g -l -len -s -seek -o'),
};
const OPENSSL: OptionSpec = {
  singleDash: true,
  flags: words('-d -e -a -A -base64 -salt -nosalt -pbkdf2 -p -P -noout -pubout -text -req -x509 -new -nodes'),
  values: words(
    '-in -out -k -K -iv -pass -iter -md -kfile -S -keyout -newkey -subj -days -config -key -CA -CAkey -extfile -passin -passout',
  ),
};
const GPG: OptionSpec = {
  flags: words(
    '-d --decrypt --batch --yes -q --quiet -c --symmetric -e --encrypt -a --armor -s --sign --verify --enarmor --store --clearsign --clear-sign',
  ),
  values: words(
    '-o --output --passphrase --passphrase-file --passphrase-fd -r --recipient -u --local-user --homedir --pinentry-mode',
  ),
};

/** openssl-s_client(1): what it is fed goes to the other side, and what comes back leaves on stdout. */
function connects(call: Call): Reading {
  const at = call.args.findIndex((arg) => /^--?connect$/.test(exactText(arg) ?? ''));
  const address = call.args[at + 1];
  const host = at < 0 || address === undefined ? 'an unknown host' : (exactText(address) ?? address.span.text);
  const target: Target = { kind: 'name', noun: 'host', name: host };
  const output = labelledFlow(['network'], [`tcp://${host}`]);
  if (call.stdin.sources.includes(SHELL_SOURCE))
    return { effects: [call.effect('net.reverse-shell', [target])], output };
  // A certificate is asked for with an empty or a one-line stdin.
  if (call.stdin.text !== null) return { effects: [call.effect('net.fetch', [target])], output };
  const sent = ofFlow(call.stdin);
  return {
    effects:
      sent.what === 'secret' || sent.what === 'file'
        ? [...send(call, [target], sent, 'tcp')]
        : [call.effect('net.fetch', [target])],
    output,
  };
}

function openssl(call: Call): Reading {
  const options = call.options(OPENSSL);
  const verb = exactText(options.operands[0]);
  const file = options.value('-in');
  const out = options.value('-out');
  if (verb === 's_client') return connects(call);
  const from = input(call, file === undefined ? [] : [call.path(file)]);
  const isPublic = verb === 'x509' || verb === 'req' || verb === 'crl' || options.has('-pubout');
  const keyOut = options.value('-keyout');
  const effects = [
    // A certificate is for everyone to see, and so is the public half of a key.
    ...(isPublic || verb === 'verify' || (options.has('-noout') && !options.has('-text')) ? [] : from.effects),
    ...(out === undefined ? [] : [call.effect('fs.write', [call.path(out)], isPublic ? { certificate: true } : {})]),
    ...(keyOut === undefined ? [] : [call.effect('fs.write', [call.path(keyOut)])]),
  ];
  const decodes =
    (verb === 'enc' || verb === 'base64' || /^(?:aes|des|camellia|aria)/.test(verb ?? '')) && options.has('-d');
  if (!decodes) return { effects, output: labelledFlow(['unknown']) };
  const plain =
    verb === 'base64' ||
    (options.has('-base64', '-a') && !call.args.some((arg) => /^-(?:aes|des)/.test(exactText(arg) ?? '')));
  const text = plain && from.flow.text !== null ? fromBase64(from.flow.text) : null;
  return { effects, output: { ...from.flow, text, labels: new Set([...from.flow.labels, 'decoded']) } };
}

function gpg(call: Call): Reading {
  const keys = gpgKeys(call);
  if (keys !== null) return keys;
  const options = call.options(GPG);
  const wraps = options.has(...words('-c --symmetric -e --encrypt --enarmor --store --clearsign --clear-sign'));
  if (!options.has('-d', '--decrypt'))
    return {
      effects: wraps && options.operands.length > 0 ? [call.effect('fs.read', options.operands.map(call.path))] : [],
      output: labelledFlow(['unknown']),
    };
  const from = input(call, options.operands.map(call.path));
  const out = options.value('-o', '--output');
  const effects = [...from.effects, ...(out === undefined ? [] : [call.effect('fs.write', [call.path(out)])])];
  return { effects, output: { ...from.flow, text: null, labels: new Set([...from.flow.labels, 'decoded']) } };
}

/** gzip and its kin: files are replaced unless they are kept; a stream is only told to be decoded when it is unpacked. */
function unpack(call: Call): Reading {
  const spec: OptionSpec = {
    flags: words(
      '-d --decompress --uncompress -c --stdout --to-stdout -k --keep -f --force -t --test -l --list -v -q -r --recursive',
    ),
    values: words('-S --suffix -T --threads'),
  };
  const options = call.options(spec);
  const opens =
    options.has('-d', '--decompress', '--uncompress') ||
    /^(?:gun|un|z|bz|xz|zstd)\w*cat$|^un|^gunzip$|^bunzip2$/.test(call.name);
  const files = options.operands.filter((arg) => exactText(arg) !== '-').map(call.path);
  const streams = files.length === 0 || options.has('-c', '--stdout', '--to-stdout') || call.name.endsWith('cat');
  const from = input(call, files);
  if (streams || options.has('-t', '--test', '-l', '--list')) {
    const labels = new Set(from.flow.labels);
    if (opens) labels.add('decoded');
    return { effects: from.effects, output: { ...from.flow, text: null, labels } };
  }
  // Each file is replaced by its other form, from which it can be had back; only -f overwrites one that stands there.
  return { effects: [...from.effects, call.effect(options.has('-f', '--force') ? 'fs.write' : 'fs.create', files)] };
}

export const programs: readonly Program[] = [
  {
    names: ['base64', 'gbase64', 'base64url', 'openssl-base64'],
    manual: 'base64(1), GNU coreutils 9.5; base64(1), macOS 15',
    read: decoder(BASE, has(BASE, '-d', '-D', '--decode'), fromBase64),
    examples: [
      { command: 'echo cm0gLXJmIHg= | base64 -d | sh', effects: ['run.decoded', 'fs.delete'] },
      { command: 'echo cm0gLXJmIHg= | base64 --dec | sh', effects: ['run.decoded', 'fs.delete'] },
      { command: 'base64 -d file | bash', effects: ['run.decoded'] },
      { command: 'echo hi | base64', effects: [] },
    ],
  },
  {
    names: ['base32', 'gbase32', 'basenc'],
    manual: 'base32(1), GNU coreutils 9.5',
    read: decoder(BASE, has(BASE, '-d', '--decode'), (text) => fromBase32(text) ?? fromBase64(text)),
    examples: [{ command: 'echo OJWSALLSMYQHQ=== | base32 -d | sh', effects: ['run.decoded', 'fs.delete'] }],
  },
  {
    names: ['xxd', 'hexdump-r'],
    manual: 'xxd(1) 2024-05',
    read: decoder(XXD, has(XXD, '-r', '-revert'), fromHex),
    examples: [
      { command: 'echo 726d202d72662078 | xxd -r -p | sh', effects: ['run.decoded', 'fs.delete'] },
      { command: 'xxd file', effects: [] },
    ],
  },
  {
    names: ['uudecode', 'unix2dos-r', 'qprint', 'ascii85'],
    manual: 'uudecode(1), sharutils 4.15',
    read: decoder({ values: ['-o'] }, () => true, NEVER),
    examples: [{ command: 'uudecode -o /dev/stdout f | sh', effects: ['run.decoded'] }],
  },
  {
    names: ['openssl', 'libressl'],
    manual: 'openssl-enc(1), openssl-req(1), openssl-x509(1), openssl-pkey(1) 3.3',
    read: openssl,
    examples: [
      { command: 'echo cm0gLXJmIHg= | openssl base64 -d | sh', effects: ['run.decoded', 'fs.delete'] },
      { command: 'openssl enc -aes-256-cbc -d -in x.enc -k p | sh', effects: ['run.decoded'] },
      { command: 'openssl x509 -in server.pem -noout -enddate', effects: [] },
      { command: 'openssl rsa -in server.key -noout -modulus', effects: [] },
      { command: 'openssl rsa -in server.key -text', effects: ['secret.read'] },
      { command: 'openssl req -x509 -newkey rsa:2048 -keyout key.pem -out cert.pem', effects: ['fs.write'] },
      { command: 'openssl version', effects: [] },
    ],
  },
  {
    names: ['gpg', 'gpg2'],
    manual: 'gpg(1) 2.4',
    read: gpg,
    examples: [
      { command: 'gpg -d x.gpg | sh', effects: ['run.decoded'] },
      { command: 'gpg --export-secret-keys -a', effects: ['secret.print'] },
      { command: 'gpg --enarmor ~/.ssh/id_rsa', effects: ['secret.read'] },
      { command: 'gpg -c report.pdf', effects: [] },
      { command: 'gpg --verify x.sig x', effects: [] },
    ],
  },
  {
    names: [
      'gzip',
      'gunzip',
      'zcat',
      'gzcat',
      'bzip2',
      'bunzip2',
      'bzcat',
      'xz',
      'unxz',
      'xzcat',
      'zstd',
      'unzstd',
      'zstdcat',
      'lz4',
      'unlz4',
      'lz4cat',
      'lzma',
      'unlzma',
    ],
    manual: 'gzip(1) 1.13, bzip2(1) 1.0.8, xz(1) 5.6, zstd(1) 1.5',
    read: unpack,
    examples: [
      { command: 'gunzip -c x.gz | sh', effects: ['run.decoded'] },
      { command: 'gzip -f notes.txt', effects: ['fs.write'] },
      { command: 'gzip notes.txt', effects: [] },
      { command: 'zcat log.gz | grep x', effects: [] },
    ],
  },
];
