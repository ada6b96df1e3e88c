/** `belay status | on | observe | off | daemon …`. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { DaemonClient, startDaemon } from '../daemon/client.ts';
import { BelayError, causeText } from '../errors.ts';
import type { Mode } from '../protocol/calls.ts';
import { type CliContext, print, withDaemon } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { formatStatus } from './format/status.ts';

const STOP_MS = 10_000;
const LOG_LINES = 50;

export function addDaemon(program: Command, context: CliContext): void {
  addStatus(program.command('status'), 'belay status', context);

  addMode(program, context, 'on', 'auto', 'judge, hold and protect (the default)');
  addMode(program, context, 'observe', 'observe', 'judge and record, but stop nothing: for trying Belay out');
  addMode(program, context, 'off', 'off', 'stand aside until: belay on');

  const daemon = program
    .command('daemon')
    .description('start, stop and look at the daemon')
    .addHelpText('after', '\nExamples:\n  belay daemon start\n  belay daemon logs --follow');
  daemon
    .command('start')
    .description('start it in the background (any command that needs it does so too)')
    .addHelpText('after', '\nExamples:\n  belay daemon start')
    .action(async () => {
      const running = await pidOfRunning(context);
      if (running !== null) return context.out(`already running, pid ${running}\n`);
      await startDaemon(context.daemon());
      context.out(`started, pid ${await pidOfRunning(context)}\n`);
    });
  daemon.command('serve', { hidden: true }).description('be the daemon, in the foreground').action(context.serve);
  daemon
    .command('stop')
    .description('stop it; what is held goes on waiting, and comes back with the next start')
    .addHelpText('after', '\nExamples:\n  belay daemon stop')
    .action(async () => {
      if ((await pidOfRunning(context)) === null) return context.out('not running\n');
      const client = await DaemonClient.connect(context.paths().socket);
      try {
        await client.call('stop', {});
        await Promise.race([client.closed(), sleep(STOP_MS, null, { ref: false })]);
        context.out('stopped\n');
      } finally {
        client.close();
      }
    });
  addStatus(daemon.command('status'), 'belay daemon status', context);
  daemon
    .command('logs')
    .description("print the end of the daemon's own log")
    .addHelpText('after', '\nExamples:\n  belay daemon logs\n  belay daemon logs --follow')
    .option('-f, --follow', 'go on with what comes')
    .action(async (options: { follow?: boolean }) => {
      const file = context.paths().logFile;
      if (options.follow === true) {
        const tail = spawn('tail', ['-n', String(LOG_LINES), '-F', file], { stdio: 'inherit' });
        await new Promise((resolve) => tail.once('exit', resolve));
        return;
      }
      try {
        context.out(`${readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LOG_LINES).join('\n')}\n`);
      } catch (thrown) {
        context.out(`no log yet: ${causeText(thrown)}\n`);
      }
    });
}

function addStatus(command: Command, typed: string, context: CliContext): void {
  command
    .description('say whether Belay guards, what is held, and whether something is wrong')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `\nExamples:\n  ${typed}\n  ${typed} --json\n\nExit status: 5 when the daemon is not running.`,
    )
    .action(async (options: { json?: boolean }) => {
      if ((await pidOfRunning(context)) === null) {
        print(
          context,
          options.json === true,
          { running: false },
          () => 'the daemon is not running; it starts with the first: belay run',
        );
        process.exitCode = EXIT.unreachable;
        return;
      }
      const status = await withDaemon(context, (client) => client.call('status', {}));
      print(context, options.json === true, { running: true, ...status }, (one) =>
        formatStatus(one, { color: context.color, now: Date.now() }),
      );
    });
}

function addMode(program: Command, context: CliContext, verb: string, mode: Mode, description: string): void {
  program
    .command(verb)
    .description(description)
    .addHelpText(
      'after',
      `\nExamples:\n  belay ${verb}\n\nRefused from inside a guarded session${mode === 'auto' ? ', but for this one' : ''}. It counts for every session of yours, at once.`,
    )
    .action(async () => {
      const set = await withDaemon(context, (client) => client.call('mode.set', { mode }));
      context.out(set.before === set.mode ? `already ${mode}\n` : `${set.before} → ${mode}\n`);
    });
}

async function pidOfRunning(context: CliContext): Promise<number | null> {
  try {
    const client = await DaemonClient.connect(context.paths().socket);
    try {
      return (await client.call('status', {})).pid;
    } finally {
      client.close();
    }
  } catch (thrown) {
    if (thrown instanceof BelayError && thrown.code === 'daemon.unreachable') return null;
    throw thrown;
  }
}
