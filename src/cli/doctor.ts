/** `belay doctor`: sends a harmless canary through each layer, and says which are live. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { DaemonClient } from '../daemon/client.ts';
import { causeText } from '../errors.ts';
import { sessionEnvironment } from '../session/environment.ts';
import { linkShims } from '../session/shim-links.ts';
import { type CliContext, print, withDaemon } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { escapeText } from './format/escape.ts';

const run = promisify(execFile);
const CANARY_MS = 20_000;
const SLOW = 'sh fallback: works, but starts Node for every command (install a C compiler, then npm install)';

interface Finding {
  readonly layer: string;
  readonly live: boolean;
  readonly detail: string;
}

export function addDoctor(program: Command, context: CliContext): void {
  program
    .command('doctor')
    .description('try each layer with a harmless canary, and say which are live')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  belay doctor\n\nExit status: 0 when every layer is live, else 1.')
    .action(async (options: { json?: boolean }) => {
      const findings = await examine(context);
      print(context, options.json === true, findings, (all) =>
        all
          .map(({ layer, live, detail }) => `${live ? 'live' : 'DOWN'}  ${layer.padEnd(16)} ${escapeText(detail)}`)
          .join('\n'),
      );
      if (findings.some((finding) => !finding.live)) process.exitCode = EXIT.failed;
    });
}

async function examine(context: CliContext): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const look = async (layer: string, test: () => Promise<string>): Promise<void> => {
    try {
      findings.push({ layer, live: true, detail: await test() });
    } catch (thrown) {
      findings.push({ layer, live: false, detail: causeText(thrown).split('\n')[0] ?? '' });
    }
  };
  await look('daemon', async () => {
    const status = await withDaemon(context, (client) => client.call('status', {}));
    if (status.mode !== 'auto') throw new Error(`the mode is ${status.mode}; switch with: belay on`);
    return `pid ${status.pid}, mode ${status.mode}, profile ${status.profile}`;
  });
  await look('configuration', async () => {
    const problems = context.settings().problemsFor(context.cwd);
    if (problems.length > 0) throw new Error(problems.join('; '));
    return `${context.settings().rulesFor(null).policy.rules.length} rules in force`;
  });
  await look('journal', async () => {
    const { journal } = await withDaemon(context, (client) => client.call('status', {}));
    if (journal !== null) throw new Error(journal);
    const chain = await withDaemon(context, (client) => client.call('log.verify', {}));
    if (chain.brokenAt !== null) throw new Error(`broken at record ${chain.brokenAt}`);
    return `${chain.rows} records, chain whole`;
  });
  await withCanary(context, async (canary) => {
    await look('shell shim', async () => `${await canary.refused('bash', ['-c', canary.line])}; ${canary.kind}`);
    await look('tool shim', () => canary.refused('dd', canary.words));
    await look('shell by path', () => canary.refused('/bin/bash', ['-c', canary.line]));
    await look('git hooks', () => canary.hook());
    await look('snapshots', () => canary.snapshot());
  });
  return findings;
}

interface Canary {
  /** How the shims were built, in words. */
  readonly kind: string;
  readonly line: string;
  readonly words: readonly string[];
  /** Runs something that must be refused and do nothing even if it is not: resolves to words, or throws. */
  refused(program: string, args: readonly string[]): Promise<string>;
  hook(): Promise<string>;
  snapshot(): Promise<string>;
}

/** A session of its own in a fresh folder. The canary names a device that does not exist, so that nothing can be harmed. */
async function withCanary(context: CliContext, use: (canary: Canary) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'belay-doctor-'));
  const client = await DaemonClient.connectOrStart(context.daemon());
  const session = `doctor-${process.pid}`;
  try {
    await client.call('session.start', {
      id: session,
      pid: process.pid,
      workspace: folder,
      command: ['belay', 'doctor'],
      agent: null,
      terminal: null,
    });
    const links = linkShims(context.folders.root, join(folder, '.links'), context.env['PATH'] ?? '');
    const env = sessionEnvironment(context.env, {
      session,
      socket: context.paths().socket,
      start: '',
      shims: links.bin,
      hooks: links.gitHooks,
      startup: context.folders.startup,
      line: links.line,
      workspace: folder,
    });
    const words = ['if=/dev/null', 'of=/dev/belay-canary/none'];
    const inSession = { cwd: folder, env, timeout: CANARY_MS };
    await use({
      kind: links.kind === 'native' ? 'native client' : SLOW,
      words,
      line: `dd ${words.join(' ')}`,
      refused: async (program, args) => {
        const found = program.startsWith('/') ? program : join(links.bin, program);
        const result = await run(found, [...args], inSession).then(
          () => null,
          (thrown: unknown) => thrown,
        );
        const said = result instanceof Error && 'stderr' in result ? String(result.stderr) : '';
        if (!said.includes('belay')) throw new Error('the canary was not stopped');
        return 'a canary was stopped';
      },
      hook: async () => {
        const git = { ...inSession, env: { ...env, PATH: context.env['PATH'] ?? '' } };
        await run('git', ['init', '-q'], git);
        writeFileSync(join(folder, '.git', 'hooks', 'pre-commit'), '#!/bin/sh\necho chained > chained\n', {
          mode: 0o755,
        });
        await run(
          'git',
          ['-c', 'user.name=b', '-c', 'user.email=b@b', 'commit', '-q', '--allow-empty', '-m', 'canary'],
          git,
        );
        if (readFileSync(join(folder, 'chained'), 'utf8').trim() !== 'chained')
          throw new Error("the repository's own hook was not run");
        return "handed to git, and on to the repository's own";
      },
      snapshot: async () => {
        writeFileSync(join(folder, 'kept'), 'canary\n');
        const taken = await client.call('snapshots.take', { root: folder, paths: [] });
        rmSync(join(folder, 'kept'));
        const result = await client.call('snapshots.rollback', {
          id: taken.id,
          options: { paths: [join(folder, 'kept')], force: true, removeNew: false, to: null },
          stopSession: false,
        });
        if (!result.verified || readFileSync(join(folder, 'kept'), 'utf8') !== 'canary\n')
          throw new Error('the canary did not come back');
        return 'a canary was kept, lost and had back';
      },
    });
    await client.call('session.end', { id: session, exit: 0, signal: null });
  } finally {
    client.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
