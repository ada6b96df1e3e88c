/** `belay config show | check | path | trust`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { digestOf, REPOSITORY_FILE } from '../daemon/settings.ts';
import { BelayError, causeText } from '../errors.ts';
import { workspaceOf } from '../session/program.ts';
import { type CliContext, print, withDaemon } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { escapeText } from './format/escape.ts';

export function addConfig(program: Command, context: CliContext): void {
  const config = program
    .command('config')
    .description('show, check and trust the configuration')
    .addHelpText(
      'after',
      "\nExamples:\n  belay config path\n  belay config check\n  belay config trust     let this repository's .belay.toml loosen rules too",
    );

  config
    .command('show')
    .description('print the configuration in force here')
    .addHelpText('after', '\nExamples:\n  belay config show')
    .option('--json', 'as JSON (it is printed so either way)')
    .action(() => {
      context.out(`${JSON.stringify(context.settings().configFor(workspaceOf(context.cwd)), null, 2)}\n`);
    });
  config
    .command('check')
    .description('say what is wrong with the files')
    .addHelpText('after', '\nExamples:\n  belay config check\n  belay config check --json')
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }) => {
      const settings = context.settings();
      const workspace = workspaceOf(context.cwd);
      const problems = settings.problemsFor(workspace);
      const rules = settings.rulesFor(workspace).policy.rules.length;
      print(context, options.json === true, { problems, rules }, () =>
        problems.length === 0 ? `nothing wrong; ${rules} rules in force` : problems.map(escapeText).join('\n'),
      );
      if (problems.length > 0) process.exitCode = EXIT.failed;
    });
  config
    .command('path')
    .description('print where the files are')
    .addHelpText('after', '\nExamples:\n  belay config path')
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }) => {
      const { configFile, stateFolder, socket, logFile } = context.paths();
      const places = {
        config: configFile,
        repository: join(workspaceOf(context.cwd), REPOSITORY_FILE),
        state: stateFolder,
        socket,
        log: logFile,
      };
      print(context, options.json === true, places, (all) =>
        Object.entries(all)
          .map(([name, path]) => `${name.padEnd(10)} ${path}`)
          .join('\n'),
      );
    });
  config
    .command('trust')
    .description("let this repository's .belay.toml, as it stands now, loosen rules too")
    .addHelpText('after', '\nExamples:\n  belay config trust')
    .action(async () => {
      const file = join(workspaceOf(context.cwd), REPOSITORY_FILE);
      const text = readOrSay(file);
      await withDaemon(context, (client) => client.call('config.trust', { file, sha256: digestOf(text) }));
      context.out(`trusted as it stands: ${file}\n`);
    });
}

function readOrSay(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    throw new BelayError('config.unreadable', { file, cause: causeText(thrown) }, thrown);
  }
}
