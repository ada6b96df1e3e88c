/** What runs through pipes, as values: built, joined and taken apart. Pure. */
import type { Target } from './effect.ts';
import type { Flow, FlowLabel } from './program.ts';

const NO_LABELS: ReadonlySet<FlowLabel> = new Set();

/** Nothing at all: an empty stdin, the output of a silent command. */
export const EMPTY_FLOW: Flow = { text: '', labels: NO_LABELS, sources: [], paths: [] };

/** Something of which nothing is known. */
export const UNKNOWN_FLOW: Flow = { text: null, labels: new Set(['unknown']), sources: [], paths: [] };

/** Longer texts are not carried along: their label is what matters. */
const MAX_TEXT = 65_536;
const MAX_SOURCES = 16;

/** Returns a flow of exactly `text`, with what else is known of it. */
export function textFlow(text: string, like: Flow = EMPTY_FLOW): Flow {
  return { ...like, text: text.length > MAX_TEXT ? null : text };
}

/** Returns a flow without its text, with `labels` added. */
export function labelledFlow(
  labels: readonly FlowLabel[],
  sources: readonly string[] = [],
  paths: readonly Target[] = [],
): Flow {
  return { text: null, labels: new Set(labels), sources, paths };
}

/** Returns what a filter that changes the text in unknown ways lets out. */
export function filtered(flow: Flow): Flow {
  if (flow.text === null && flow.filter === undefined) return flow;
  return { text: null, labels: flow.labels, sources: flow.sources, paths: flow.paths };
}

/** Returns `first` followed by `second`. */
export function joinFlows(first: Flow, second: Flow): Flow {
  if (second === EMPTY_FLOW) return first;
  if (first === EMPTY_FLOW) return second;
  const text = first.text === null || second.text === null ? null : first.text + second.text;
  return {
    text: text !== null && text.length > MAX_TEXT ? null : text,
    labels: second.labels.size === 0 ? first.labels : new Set([...first.labels, ...second.labels]),
    sources: [...new Set([...first.sources, ...second.sources])].slice(0, MAX_SOURCES),
    paths: [...first.paths, ...second.paths].slice(0, MAX_SOURCES),
  };
}
