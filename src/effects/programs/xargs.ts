/**
 * xargs(1) and GNU parallel(1): a command run with words of stdin. Known text is split into them; of a listing they are
 * files that lie below what was listed.
 */
import { exactText, literalArg } from '../args.ts';
import type { Target } from '../effect.ts';
import { filtered, UNKNOWN_FLOW } from '../flow.ts';
import { commonFolder } from '../paths.ts';
import type { Arg, Call, Flow, Program, Reading } from '../program.ts';
import { flow, joined, NOTHING, text, words } from '../readings.ts';

const MAX_ITEMS = 200;
/** The variable that stands for an unknown word inside a shell text. */
const ITEM = 'XARGS_ITEM';
/** Why such a word is not known. */
const ITEM_OF_STDIN = 'a word that arrives on stdin';

function xargs(call: Call): Reading {
  const options = call.options({
    values: words(
      '-a --arg-file -d --delimiter -E -I -J -L --max-lines -n --max-args -P --max-procs -s --max-chars -R -S --process-slot-var',
    ),
    optionalValues: words('-i --replace -l -e --eof'),
    flags: words('-0 --null -o --open-tty -p --interactive -r --no-run-if-empty -t --verbose -x --exit --show-limits'),
    stopAtOperand: true,
  });
  const given = options.value('-a', '--arg-file');
  if (options.operands.length === 0)
    return given === undefined
      ? { effects: [], output: call.stdin }
      : { effects: [call.effect('fs.read', [call.path(given)])], output: fileFlow(call, given) };
  const replace = text(options.value('-I', '-J', '--replace', '-i')) ?? (options.has('-i', '--replace') ? '{}' : null);
  const input = given === undefined ? call.stdin : fileFlow(call, given);
  const separator = options.has('-0', '--null') ? '\0' : exactText(options.value('-d', '--delimiter'));
  const items = itemsOf(call, input, separator, replace !== null);
  // What the command inherits as stdin is empty: xargs has read it.
  const inner =
    replace === null
      ? call.run([...options.operands, ...items], 'xargs', empty())
      : all(
          items.map((item) =>
            call.run(replaced(options.operands, replace, item), 'xargs', empty(), { env: new Map([[ITEM, item]]) }),
          ),
        );
  const reads = given === undefined ? [] : [call.effect('fs.read', [call.path(given)])];
  return { effects: [...reads, ...listed(inner, input)], output: inner.output ?? UNKNOWN_FLOW };
}

/** Effects on listed files say so, as find's own do. */
function listed(reading: Reading, input: Flow): Reading['effects'] {
  if (input.text !== null) return reading.effects;
  return reading.effects.map((effect) => {
    if (!effect.targets.some((target) => target.kind.startsWith('unknown'))) return effect;
    const found = foundBelow(effect.targets, input);
    return found === null
      ? { ...effect, facts: { ...effect.facts, listed: true } }
      : { ...effect, targets: found, facts: { ...effect.facts, listed: true, filter: input.filter ?? '' } };
  });
}

/** Words of a listing that is known to be one are told as find's own: by the folders that it goes through. */
function foundBelow(targets: readonly Target[], input: Flow): readonly Target[] | null {
  const folder = commonFolder(input.paths);
  if (input.filter === undefined || !input.paths.every((path) => path.kind === 'path' && !path.glob)) return null;
  const isItem = (target: Target) =>
    target.kind === 'unknown-path' && target.why === ITEM_OF_STDIN && target.prefix === folder;
  if (!targets.every((target) => target.kind === 'path' || isItem(target))) return null;
  return [...input.paths, ...targets.filter((target) => !isItem(target))];
}

function itemsOf(call: Call, input: Flow, separator: string | null | undefined, byLine: boolean): readonly Arg[] {
  if (input.text !== null) {
    const pieces =
      separator !== null && separator !== undefined
        ? input.text.split(separator === '\\n' ? '\n' : separator)
        : byLine
          ? input.text.split('\n').map((line) => line.trim())
          : input.text.split(/\s+/);
    return pieces
      .filter((piece) => piece !== '')
      .slice(0, MAX_ITEMS)
      .map((piece) => literalArg(piece.replace(/^(['"])(.*)\1$/s, '$2'), call.span));
  }
  return [
    {
      kind: 'unknown',
      prefix: '',
      suffix: '',
      empty: '',
      why: ITEM_OF_STDIN,
      span: call.span,
      // What is made of an item is no longer one of the listing.
      flow: filtered(input),
    },
  ];
}

/** Returns the command's words with `mark` in them replaced by `item`. */
function replaced(command: readonly Arg[], mark: string, item: Arg): readonly Arg[] {
  return command.map((arg): Arg => {
    const word = text(arg);
    if (word === undefined || mark === '' || !word.includes(mark)) return arg;
    if (item.kind !== 'unknown')
      return literalArg(
        word.replaceAll(mark, () => item.value),
        arg.span,
      );
    if (word === mark) return { ...item, span: arg.span };
    // In a shell text the word stands for itself wherever it is: as a variable that is not known.
    if (/\s/.test(word))
      return literalArg(word.replaceAll(`'${mark}'`, `"${mark}"`).replaceAll(mark, `\${${ITEM}}`), arg.span);
    const [before = '', ...after] = word.split(mark);
    const suffix = after.at(-1) ?? '';
    return { ...item, prefix: before, suffix, empty: word.replaceAll(mark, ''), span: arg.span };
  });
}

function all(readings: readonly Reading[]): Reading {
  return { effects: readings.flatMap((reading) => reading.effects), output: readings.at(-1)?.output ?? UNKNOWN_FLOW };
}

function empty(): Flow {
  return { text: '', labels: new Set(), sources: [], paths: [] };
}

function fileFlow(call: Call, file: Arg): Flow {
  const target = call.path(file);
  const content = target.kind === 'path' ? call.readFile(target.path) : null;
  return content === null ? flow(['content']) : { ...flow([]), text: content };
}

/** GNU parallel: `parallel cmd {} ::: a b`, or with words of stdin; without a command each line is one. */
function parallel(call: Call): Reading {
  const options = call.options({
    values: words(
      '-j --jobs -P --max-procs -a --arg-file -I -S --sshlogin -n --max-args -N -d --delimiter -C --colsep --joblog --results --tmpdir --workdir --timeout --retries --delay --load --memfree -L -U --halt --block --env',
    ),
    flags: words(
      '-0 --null -k --keep-order -q --quote -v -t -X -m --xargs --pipe --bar --eta --progress --dry-run --dryrun -r --no-run-if-empty --will-cite --line-buffer --lb -u --ungroup -i',
    ),
    stopAtOperand: true,
  });
  if (options.has('--dry-run', '--dryrun')) return NOTHING;
  const at = options.operands.findIndex((arg) => /^:::+\+?$/.test(exactText(arg) ?? ''));
  const command = at === -1 ? options.operands : options.operands.slice(0, at);
  const given =
    at === -1 ? null : options.operands.slice(at + 1).filter((arg) => exactText(arg)?.startsWith(':::') !== true);
  const items = given ?? itemsOf(call, call.stdin, options.has('-0') ? '\0' : '\n', true);
  if (command.length === 0) {
    return all(
      items.map((item) => {
        const line = text(item);
        return line === undefined
          ? { effects: [call.effect('run.code', [], { language: 'shell', from: 'stdin' })] }
          : call.script(line, 'parallel');
      }),
    );
  }
  const mark = text(options.value('-I')) ?? '{}';
  const hasMark = command.some((arg) => text(arg)?.includes(mark) === true);
  const runs = items.slice(0, 50).map((item) => {
    const line = hasMark ? replaced(command, mark, item) : [...command, item];
    const whole = joined(line);
    return whole === null ? call.run(line, 'parallel', empty()) : call.script(whole, 'parallel');
  });
  const inner = all(runs);
  return { effects: given === null ? listed(inner, call.stdin) : inner.effects, output: UNKNOWN_FLOW };
}

export const programs: readonly Program[] = [
  {
    names: ['xargs', 'gxargs'],
    manual: 'xargs(1), GNU findutils 4.10; xargs(1), FreeBSD 14',
    read: xargs,
    examples: [
      { command: 'echo src | xargs rm -rf', effects: ['fs.delete'] },
      { command: "echo x | xargs -I{} sh -c 'rm -rf {}'", effects: ['fs.delete'] },
      { command: "find . -name '*.log' -print0 | xargs -0 rm -f", effects: ['fs.delete'] },
      { command: 'cat list | xargs -n 1 -P 4 rm', effects: ['fs.delete'] },
      { command: 'git ls-files | xargs grep -n foo', effects: [] },
    ],
  },
  {
    names: ['parallel'],
    manual: 'parallel(1) 20240922',
    read: parallel,
    examples: [
      { command: 'parallel rm -rf ::: a b', effects: ['fs.delete'] },
      { command: "echo 'rm -rf x' | parallel", effects: ['fs.delete'] },
      { command: 'ls | parallel -j4 gzip -t {}', effects: [] },
    ],
  },
];
