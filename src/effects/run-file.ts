/** Runs a file by its path: by its first line, as a script that can be read, or as what this line fetched or made. */
import { literalArg } from './args.ts';
import type { Span } from './effect.ts';
import { UNKNOWN_FLOW } from './flow.ts';
import { type Frame, say, step } from './machine.ts';
import type { Arg, Flow } from './program.ts';
import { findProgram } from './registry.ts';

/** Runs the file at the absolute `path` with `args`. A file that can't be read has no known effects. */
export function runFile(frame: Frame, path: string, args: readonly Arg[], span: Span, stdin: Flow): Flow {
  const { machine } = frame;
  const written = machine.files.get(path);
  if (written !== undefined && written.text === null) {
    if (written.labels.has('network')) {
      say(frame, 'run.downloaded', path, span, [{ kind: 'path', path, glob: false }]);
      return UNKNOWN_FLOW;
    }
    if (written.labels.has('decoded')) {
      say(frame, 'run.decoded', path, span, [{ kind: 'path', path, glob: false }]);
      return UNKNOWN_FLOW;
    }
  }
  if (!step(frame, span, 10)) return UNKNOWN_FLOW;
  const text = written === undefined ? machine.world.readFile(path) : written.text;
  if (text === null || text.includes('\0')) return UNKNOWN_FLOW;
  const interpreter = interpreterOf(text);
  if (interpreter === null || findProgram(interpreter[0] ?? '') === null) return UNKNOWN_FLOW;
  const words = [...interpreter.map((word) => literalArg(word, span)), literalArg(path, span), ...args];
  return machine.engine.words({ ...frame, via: [...frame.via, path] }, words, span, stdin, {
    functions: false,
    builtins: false,
  });
}

/** Returns the words of the interpreter that a script asks for: those of its first line, else sh. */
function interpreterOf(text: string): readonly string[] | null {
  const line = /^#!\s*(.+)/.exec(text)?.[1]?.trim();
  if (line === undefined) return ['sh'];
  const words = line.split(/\s+/);
  const [first = '', ...rest] = words;
  const name = first.slice(first.lastIndexOf('/') + 1);
  if (name !== 'env') return [name, ...rest];
  const named = rest.filter((word) => !word.startsWith('-') && !word.includes('='));
  return named.length === 0 ? null : named;
}
