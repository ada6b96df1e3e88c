/**
 * Stories in text files, in the manner of testscript: what a person and an agent type, and what they see.
 *
 *   file PATH         the indented lines that follow are its content
 *   $ COMMAND         typed by a person in an ordinary terminal, in the repository; must succeed
 *   person$ COMMAND   the same, in a second terminal beside the session; may fail
 *   agent$ COMMAND    run by the agent in its guarded session, until it is held or has ended
 *   agent2$ COMMAND   run by the agent while its other command is held
 *   agent: exit 1     the agent's command, which was held, has ended
 *
 * Below a command, indented: `held` (it must wait), `exit 3` (else it must exit 0 unheld), and pieces of the lines that
 * are printed, in their order; `…` stands for anything, and a line that starts with `!` must not be on
 * standard output. ID is the
 * request that was held last, REPO and HOME are the folders.
 */
import { expect } from 'vitest';
import type { Agent, AgentCommand } from './agent.ts';
import type { Result, World } from './world.ts';

interface Step {
  readonly line: number;
  readonly kind: 'file' | '$' | 'person$' | 'agent$' | 'agent2$' | 'agent:';
  readonly text: string;
  readonly below: readonly string[];
}

export interface Story {
  /** The comment that the file opens with. */
  readonly title: string;
  readonly steps: readonly Step[];
}

/** Reads a story. Throws for a line that is no step. */
export function parseStory(text: string): Story {
  const steps: (Step & { below: string[] })[] = [];
  const title: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.startsWith('#')) {
      if (steps.length === 0) title.push(line.replace(/^#\s*/, ''));
      continue;
    }
    if (line.startsWith('  ')) {
      steps.at(-1)?.below.push(line.slice(2));
      continue;
    }
    if (line.trim() === '') continue;
    const found = /^(file|\$|person\$|agent2?\$|agent:) (.*)$/.exec(line);
    if (found === null) throw new Error(`line ${index + 1} is no step: ${line}`);
    steps.push({ line: index + 1, kind: found[1] as Step['kind'], text: found[2] ?? '', below: [] });
  }
  return { title: title.join(' '), steps };
}

/** Acts a story out. Throws, with the line of the story, where it goes another way. */
export async function actOut(story: Story, world: World): Promise<void> {
  const stage = new Stage(world);
  for (const step of story.steps) {
    try {
      await stage.act(step);
    } catch (thrown) {
      throw new Error(
        `line ${step.line}: ${step.kind} ${step.text}\n${thrown instanceof Error ? thrown.message : thrown}`,
        {
          cause: thrown,
        },
      );
    }
  }
}

class Stage {
  readonly #world: World;
  #agent: Agent | null = null;
  #waiting: AgentCommand | null = null;
  #id = 'r-none';

  constructor(world: World) {
    this.#world = world;
  }

  async act({ kind, text, below }: Step): Promise<void> {
    const command = this.#filled(text);
    if (kind === 'file') return this.#world.write({ [text]: `${below.join('\n')}\n` });
    if (kind === '$') return compare(below, { ...SILENT, stdout: this.#world.sh(command) }, this);
    if (kind === 'person$') return compare(below, await this.#world.run('/bin/bash', ['-c', command]), this);
    if (kind === 'agent$' || kind === 'agent2$') return this.#agentRuns(command, below);
    const ended = await (this.#waiting ?? missing()).ended();
    this.#waiting = null;
    return compare([text, ...below], ended, this);
  }

  async #agentRuns(line: string, below: readonly string[]): Promise<void> {
    this.#agent ??= this.#world.agent();
    const command = this.#agent.start(line);
    await command.settled();
    if (below[0] !== 'held') {
      if (command.heldId !== null) throw new Error(`it was held:\n${command.stderr}`);
      return compare(below, await command.ended(), this);
    }
    this.#id = await command.held();
    this.#waiting = command;
    compare(below.slice(1), { ...SILENT, stderr: command.stderr }, this);
  }

  #filled(text: string): string {
    return text
      .replace(/\bID\b/g, this.#id)
      .replace(/\bREPO\b/g, this.#world.repo)
      .replace(/(?<!\$)\bHOME\b(?!=)/g, this.#world.home);
  }

  filledIn(text: string): string {
    return this.#filled(text);
  }
}

const SILENT: Result = { exit: 0, signal: null, stdout: '', stderr: '' };

function missing(): never {
  throw new Error('no command of the agent is held');
}

function compare(below: readonly string[], result: Result, stage: Stage): void {
  const [first = ''] = below;
  const exit = /^exit (\d+)$/.exec(first);
  const said = `${result.stdout}${result.stderr}`;
  const wanted = exit === null ? 0 : Number(exit[1]);
  if (result.exit !== wanted) throw new Error(`it ended with ${result.exit ?? result.signal}, not ${wanted}:\n${said}`);
  let rest = said;
  for (const line of below.slice(exit === null ? 0 : 1)) {
    const piece = stage.filledIn(line.trim());
    if (piece.startsWith('!')) {
      expect(result.stdout).not.toMatch(patternOf(piece.slice(1).trim()));
      continue;
    }
    const found = patternOf(piece).exec(rest);
    if (found === null) throw new Error(`not said (here): ${piece}\nall that was said:\n${said}`);
    rest = rest.slice(found.index + found[0].length);
  }
}

function patternOf(piece: string): RegExp {
  return new RegExp(
    piece
      .split('…')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*'),
    'm',
  );
}
