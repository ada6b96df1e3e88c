/** Assignments of the shell: what a variable then holds, and what it does by itself that it holds it. */
import type { Assignment } from '../shell/syntax.ts';
import { commandOf, variableEffects } from './code-variables.ts';
import type { Span } from './effect.ts';
import { argValue, expandValue, expandWords, mergeValue } from './expand.ts';
import { EMPTY_FLOW } from './flow.ts';
import { type Frame, say } from './machine.ts';
import { cloneState, textOf, type Variable } from './shell-state.ts';
import { assign, lookUp, valueOf } from './variables.ts';

/** Items of an array that are kept. */
const MAX_ITEMS = 1_024;

/** Assigns as `name=value` does, with what the assignment itself does. */
export function setVariable(frame: Frame, assignment: Assignment, span: Span): void {
  const { name, value } = assignment;
  let variable: Variable;
  if (assignment.index !== undefined) expandValue(frame, assignment.index);
  if (value.type === 'ArrayValue') {
    const items = expandWords(frame, value.elements);
    const complete =
      items.every((item) => item.kind === 'literal') && !value.elements.some((element) => element.text.startsWith('['));
    const before = assignment.append === true ? lookUp(frame, name) : null;
    const old = before?.kind === 'array' ? before.items : [];
    variable = {
      kind: 'array',
      items: [...old, ...items.map(argValue)].slice(0, MAX_ITEMS),
      complete: complete && old.length + items.length <= MAX_ITEMS,
    };
  } else {
    const added = expandValue(frame, value);
    const before = assignment.append === true ? valueOf(lookUp(frame, name)) : [];
    variable =
      assignment.index === undefined
        ? { kind: 'text', value: mergeValue([...before, ...added]) }
        : { kind: 'array', items: [[{ why: 'an element that is not known' }]], complete: false };
  }
  assign(frame, name, variable);
  sayVariable(frame, name, variable, span);
}

/** Says what it does that `name` now holds `variable`. */
export function sayVariable(frame: Frame, name: string, variable: Variable, span: Span): void {
  const text = variable.kind === 'text' ? textOf(variable.value) : null;
  // said again as the caller has it (`declare -x` in the file that an agent keeps of a shell's state): nothing changes
  if (text !== null && frame.machine.world.env?.[name] === text) return;
  for (const effect of variableEffects(name, text)) say(frame, effect.kind, name, span, effect.targets, effect.facts);
  const command = commandOf(name, text);
  if (command !== null) {
    const inner: Frame = {
      ...frame,
      state: cloneState(frame.state),
      via: [...frame.via, name],
      depth: frame.depth + 1,
    };
    frame.machine.engine.text(inner, command, span, EMPTY_FLOW);
  }
}
