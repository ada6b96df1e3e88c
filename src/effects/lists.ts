/**
 * Lists of commands joined by `&&` and `||`: what runs only when the command before has worked may not run at all, so that
 * what it sets is not certain afterwards.
 */
import type { Statement } from '../shell/syntax.ts';
import { absentPath, knowingAbsent } from './absence.ts';
import type { Span } from './effect.ts';
import { EMPTY_FLOW, joinFlows } from './flow.ts';
import { type Frame, sayOpaque, spanOf, step } from './machine.ts';
import type { Flow } from './program.ts';
import { cloneState, type Joining, joinStates, type ShellState } from './shell-state.ts';
import { inherited } from './variables.ts';

type Runnable = Statement['command'];
type List = Extract<Runnable, { type: 'AndOr' }>;

/** Values that are compared at no cost: what people write. */
const FREE_VALUES = 32;

/** Different states that a list may have failed in; nobody writes more. */
const MAX_FAILURES = 64;

/** Commands that succeed wherever they are written: nothing after `&&` hangs on them. */
const SURE: ReadonlySet<string> = new Set(
  ': true echo printf export local declare typeset readonly set unset shift trap alias umask sleep mkdir touch source .'.split(
    ' ',
  ),
);

/** Runs a list in the frame's state. `runOne` runs one command. */
export function runList(frame: Frame, node: List, runOne: (frame: Frame, command: Runnable) => Flow): Flow {
  const { state } = frame;
  const absent = absentPath(frame, node.commands[0], node.operators[0] !== '||');
  const run = (inner: Frame, command: Runnable): Flow =>
    knowingAbsent(inner, command === node.commands[1] ? absent : null, () => runOne(inner, command));
  const how = joining(frame, spanOf(frame, node));
  let output: Flow = EMPTY_FLOW;
  let ok = state;
  let failed: ShellState[] = [];
  for (const [index, command] of node.commands.entries()) {
    const before = node.commands[index - 1];
    if (before !== undefined && node.operators[index - 1] === '||') {
      if (!step(frame, spanOf(frame, node), 1 + index / 16)) break;
      const instead = cloneState(state);
      joinStates(instead, [...failed, failureOf(ok)], how, state);
      const said = run({ ...frame, state: instead }, command);
      // What printed something most often worked: `$(which python3 || which python)` is one name.
      output = output.text !== null && output.text !== '' && said.text !== null ? output : joinFlows(output, said);
      const either = cloneState(state);
      joinStates(either, [worked(ok), instead], how, state);
      ok = either;
      failed = [];
      continue;
    }
    if (before !== undefined && mayFail(before, ok) && (ok === state || isChanged(ok, failed.at(-1)))) {
      if (failed.length === MAX_FAILURES) sayOpaque(frame, 'too-slow', spanOf(frame, node));
      else {
        failed.push(failureOf(ok));
        ok = worked(ok);
      }
    }
    output = joinFlows(output, run({ ...frame, state: ok }, command));
  }
  if (ok !== state) joinStates(state, [ok, ...failed], how);
  return output;
}

/** What joining branches needs; comparing costs steps. */
export function joining(frame: Frame, place: Span): Joining {
  return {
    inherited: (name) => inherited(frame, name),
    spend: (values) => values < FREE_VALUES || step(frame, place, values / 8),
  };
}

/** Whether the shell differs from the one in which the command before failed; `state` is a clone of that. */
function isChanged(state: ShellState, failure: ShellState | undefined): boolean {
  const { variables, functions, aliases, descriptors, exported } = state;
  return (
    failure === undefined ||
    state.cwd !== failure.cwd ||
    state.failedCwds.length > 0 ||
    state.traps !== failure.traps ||
    state.positional !== failure.positional ||
    [variables, functions, aliases, descriptors, exported].some((layer) => layer.isChanged)
  );
}

/** The state after a command that worked: `failedCwds` of a `cd` no longer count. */
function worked(state: ShellState): ShellState {
  return { ...cloneState(state), failedCwds: [] };
}

/** The state after a command that failed: a `cd` has left the shell where it was. */
function failureOf(state: ShellState): ShellState {
  const [cwd, ...others] = state.failedCwds;
  return cwd === undefined ? cloneState(state) : { ...cloneState(state), cwd, otherCwds: others, failedCwds: [] };
}

function mayFail(node: Runnable, state: ShellState): boolean {
  if (node.type !== 'Command') return true;
  if (node.name === undefined)
    return node.prefix.some((part) => part.type === 'Assignment' && /\$\(|`/.test(part.text));
  return /^(?:cd|pushd)$/.test(node.name.value) ? state.failedCwds.length > 0 : !SURE.has(node.name.value);
}
