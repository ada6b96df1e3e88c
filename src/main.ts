/** The composition root of the `belay` command: finds the places, builds the parts, hands them to each other. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import tab from '@bomb.sh/tab/commander';
import { Command, CommanderError } from 'commander';
import { addAnswers } from './cli/answer.ts';
import { addCheck } from './cli/check.ts';
import { addConfig } from './cli/config.ts';
import type { CliContext, PackageFolders } from './cli/context.ts';
import { addDaemon } from './cli/daemon.ts';
import { addDoctor } from './cli/doctor.ts';
import { EXIT } from './cli/exit-codes.ts';
import { useColor } from './cli/format/color.ts';
import { escapeText } from './cli/format/escape.ts';
import { addGrants } from './cli/grants.ts';
import { addHistory } from './cli/history.ts';
import { addPolicy } from './cli/policy.ts';
import { addRun } from './cli/run.ts';
import { addSnapshots } from './cli/snapshots.ts';
import { addTimeline } from './cli/timeline.ts';
import { CallError } from './daemon/client.ts';
import { builtinRules, SettingsSource } from './daemon/settings.ts';
import { BelayError, causeText } from './errors.ts';
import { belayPaths } from './platform/paths.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folders: PackageFolders = { root, startup: join(root, 'shims', 'shell') };
const script = join(root, 'bin', 'belay.js');

function versionOf(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const version: unknown = typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, 'version') : null;
  return String(version);
}

function contextOf(): CliContext {
  const paths = (): ReturnType<typeof belayPaths> => belayPaths(process.env, process.platform);
  let settings: SettingsSource | null = null;
  const settingsOf = (): SettingsSource => {
    const where = paths();
    settings ??= new SettingsSource({
      paths: where,
      builtin: builtinRules(join(root, 'dist', 'policy', 'rules')),
      belay: [
        where.stateFolder,
        where.runtimeFolder,
        where.configFolder,
        ...['bin', 'build', 'dist', 'shims'].map((one) => join(root, one)),
      ],
    });
    return settings;
  };
  const version = versionOf();
  return {
    env: process.env,
    cwd: process.cwd(),
    version,
    color: useColor(process.stdout, process.env),
    folders,
    paths,
    daemon: () => ({
      socket: paths().socket,
      command: [process.execPath, script, 'daemon', 'serve'],
      env: process.env,
    }),
    settings: settingsOf,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    serve: async () => {
      // the journal's database and the like: a good part of the start-up time, and needed by no other command
      const { serve } = await import('./daemon/serve.ts');
      await serve({ paths: paths(), settings: settingsOf(), version });
    },
  };
}

function programOf(context: CliContext): Command {
  const program = new Command('belay')
    .description(
      'Auto mode for every coding agent: safe commands run at once, risky ones wait for you, and what they could destroy is saved first.',
    )
    .version(context.version, '-V, --version')
    .enablePositionalOptions()
    .showHelpAfterError('(belay --help shows what there is)')
    .exitOverride()
    .addHelpText(
      'after',
      '\nStart here:\n  belay run -- claude      your agent, guarded\n  belay review             in another terminal: answer what is held\n  belay undo               take back the last destructive command',
    );
  addRun(program, context);
  addAnswers(program, context);
  addGrants(program, context);
  addCheck(program, context);
  addPolicy(program, context);
  addHistory(program, context);
  addSnapshots(program, context);
  addTimeline(program, context);
  addDaemon(program, context);
  addConfig(program, context);
  addDoctor(program, context);
  for (const command of everyCommand(program))
    command.exitOverride().showHelpAfterError('(add --help to see what there is)');
  tab(program, { completionCommandName: 'completion' });
  return program;
}

function everyCommand(command: Command): Command[] {
  return command.commands.flatMap((one) => [one, ...everyCommand(one)]);
}

/** Says an error in two lines, what went wrong and what to do next, and sets the exit code. */
function sayError(thrown: unknown): void {
  if (thrown instanceof CommanderError) {
    process.exitCode = thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return;
  }
  const known = thrown instanceof BelayError || thrown instanceof CallError ? thrown : null;
  process.stderr.write(`belay: ${escapeText(causeText(thrown))}\n`);
  if (known !== null && known.next !== '') process.stderr.write(`${escapeText(known.next)}\n`);
  if (known === null && process.env['BELAY_DEBUG'] !== undefined)
    process.stderr.write(`${thrown instanceof Error ? thrown.stack : ''}\n`);
  process.exitCode = exitCodeOf(known?.code ?? '');
}

function exitCodeOf(code: string): number {
  if (code === 'daemon.unreachable') return EXIT.unreachable;
  if (code === 'input.invalid') return EXIT.usage;
  if (code === 'session.command-not-found') return 127;
  return EXIT.failed;
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(); // the reader of our output has seen enough
});
try {
  await programOf(contextOf()).parseAsync();
} catch (thrown) {
  sayError(thrown);
}
