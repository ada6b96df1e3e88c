/** `belay run -- COMMAND`: a guarded session. */

import { mkdirSync } from 'node:fs';
import { constants } from 'node:os';
import type { Command } from 'commander';
import { atStake } from '../session/at-stake.ts';
import { workspaceOf } from '../session/program.ts';
import { runSession } from '../session/run.ts';
import { REGENERABLE } from '../snapshot/regenerable.ts';
import type { CliContext } from './context.ts';
import { escapeText } from './format/escape.ts';

export function addRun(program: Command, context: CliContext): void {
  program
    .command('run')
    .description('start an agent, a shell or any command guarded')
    .usage('[options] -- COMMAND [ARGUMENT...]')
    .argument('<command...>', 'what to start')
    .option('-q, --quiet', 'say nothing when the session starts')
    .passThroughOptions()
    .addHelpText('after', EXAMPLES)
    .action(async (command: string[], options: { quiet?: boolean }) => {
      const paths = context.paths();
      const config = context.settings().configFor(workspaceOf(context.cwd));
      mkdirSync(paths.runtimeFolder, { recursive: true, mode: 0o700 });
      const say = (text: string): void => {
        if (process.stderr.isTTY) context.err(`\r\nbelay: ${escapeText(text)}\r\n`);
        else context.err(`belay: ${escapeText(text)}\n`);
      };
      if (options.quiet !== true && process.stderr.isTTY) {
        const workspace = workspaceOf(context.cwd);
        const stake = await atStake(workspace, context.env);
        const where = escapeText(stake === null ? workspace : `${workspace} (${stake})`);
        context.err(
          `belay: guarding ${escapeText(command.join(' '))} in ${where}; held actions wait for: belay review\n`,
        );
      }
      const ended = await runSession({
        command,
        cwd: context.cwd,
        env: context.env,
        daemon: context.daemon(),
        package: context.folders,
        shims: config.shims,
        runtimeFolder: paths.runtimeFolder,
        sessionsFolder: paths.sessionsFolder,
        watch: {
          deletions: config.watch.deletions,
          seconds: config.watch.seconds,
          leaveOut: new Set([...REGENERABLE, ...config.snapshots.regenerable]),
        },
        say,
        ...(config.notify.bell && process.stderr.isTTY ? { onHeld: () => context.err('\x07') } : {}),
      });
      process.exitCode = ended.exit ?? 128 + (ended.signal === null ? 0 : constants.signals[ended.signal]);
    });
}

const EXAMPLES = `
Examples:
  belay run -- claude
  belay run -- codex --yolo
  belay run -- bash              a shell to try it in
  belay run -- npm run agent     anything that starts an agent

The session guards the git work tree that holds the current folder, or the folder itself.
It ends with the command's own exit status.`;
