/** Code that did not parse: it is said to be unknown only when something in it looks as if it acts. */
import type { CodeMachine } from './machine.ts';

const ACTS =
  /\b(?:unlink|remove|rmtree|rmdir|rmSync|rm_rf|delete|system|popen|exec\w*|spawn\w*|subprocess|child_process|eval|socket|connect|post|sendall|urlopen|curl_exec|fork|kill|truncate|write\w*|file_put_contents|drop|destroy)\b\s*[('"`]/i;

/** Says that `text` could not be parsed, when it matters. */
export function unparsed(machine: CodeMachine, text: string): void {
  if (ACTS.test(text)) machine.say('opaque', [], { what: 'unparsed', language: machine.language });
}
