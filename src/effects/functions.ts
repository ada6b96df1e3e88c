/** Calls of shell functions: their arguments and locals, and what is back as it was when they end (bash(1), FUNCTIONS). */
import type { Span } from './effect.ts';
import { argValue } from './expand.ts';
import { UNKNOWN_FLOW } from './flow.ts';
import { type Frame, say } from './machine.ts';
import type { Arg, Flow } from './program.ts';
import type { FunctionBody, Variable } from './shell-state.ts';

/** Runs a function's body in the frame's state. One that calls itself is followed once. */
export function callFunction(
  frame: Frame,
  name: string,
  body: FunctionBody,
  args: readonly Arg[],
  span: Span,
  stdin: Flow,
): Flow {
  // Told by its body, not its name: a function may define another one of the same name.
  const key = `function ${name} ${body.node.pos} ${body.source.length}`;
  const { running } = frame.machine;
  if (running.filter((one) => one === key).length > 1) return UNKNOWN_FLOW;
  if (multiplies([name], textOfBody(body)) || (running.includes(key) && multiplyTogether(frame, key)))
    say(frame, 'machine.flood', name, span, [], { what: 'a function that starts itself twice' });
  const { state } = frame;
  const kept = state.positional;
  const ended = state.ended;
  const locals = new Map<string, Variable | undefined>();
  state.positional = args.map(argValue);
  frame.machine.running.push(key);
  const inner: Frame = {
    ...frame,
    stdin,
    locals,
    depth: frame.depth + 1,
    source: body.source,
    dialect: body.dialect,
    // A function of another text is told by the place of its call.
    outer: body.source === frame.source ? frame.outer : (frame.outer ?? span),
  };
  const statement = { type: 'Statement', pos: body.node.pos, end: body.node.end, background: undefined } as const;
  const block = body.node.body;
  const output =
    block.type === 'CompoundList'
      ? frame.machine.engine.statements(inner, block.commands, stdin)
      : frame.machine.engine.statements(inner, [{ ...statement, command: block }], stdin);
  frame.machine.running.pop();
  state.positional = kept;
  state.ended = ended;
  for (const [local, before] of locals) {
    if (before === undefined) state.variables.delete(local);
    else state.variables.set(local, before);
  }
  return output;
}

function textOfBody(body: FunctionBody): string {
  return body.source.slice(body.node.pos, body.node.end);
}

/** Whether of the functions that have called each other in a circle, from the one of `key` on, one starts more than one. */
function multiplyTogether(frame: Frame, key: string): boolean {
  const { running } = frame.machine;
  const circle = running
    .slice(running.indexOf(key))
    .flatMap((one) => (one.startsWith('function ') ? (one.split(' ')[1] ?? []) : []));
  const names = [...new Set(circle)];
  const bodies = names.flatMap((name) => frame.state.functions.get(name) ?? []);
  return names.length > 1 && bodies.some((body) => body !== null && multiplies(names, textOfBody(body)));
}

/** Whether a function starts one of `names` more than once, or in the background: `f() { f | f & }`. */
function multiplies(names: readonly string[], source: string): boolean {
  const itself = `(?:${names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`;
  const body = source.slice(source.indexOf('{') + 1);
  return new RegExp(`(?:^|[\\s;{(|&])${itself}\\s*(?:\\|&?\\s*${itself}(?![\\w-])|&(?!&))`).test(body);
}
