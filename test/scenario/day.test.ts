// A day of an agent's ordinary commands, judged in a real repository: nobody is asked about any of them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { World } from './world.ts';

const row = z.strictObject({
  id: z.string(),
  command: z.string(),
  decision: z.literal('allow'),
  why: z.string(),
  source: z.string(),
});
const answer = z.looseObject({
  id: z.string(),
  decision: z.string(),
  reasons: z.array(z.looseObject({ sentence: z.string() })),
});

const DAY = readFileSync(join(import.meta.dirname, '../corpus/ordinary-day.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => row.parse(JSON.parse(line)));

const world = new World();
afterAll(() => world.close());

/** A small project of several languages, committed, with a remote, a build and a day's unfinished work. */
beforeAll(() => {
  world.write({
    'package.json':
      '{"name":"harbour","version":"0.4.0","scripts":{"test":"vitest run","build":"tsc","lint":"eslint src","typecheck":"tsc --noEmit","dev":"node src/server.js"}}\n',
    'package-lock.json': '{"name":"harbour","lockfileVersion":3,"packages":{}}\n',
    '.gitignore': 'node_modules/\ndist/\ncoverage/\n.cache/\n.venv/\nbuild/\n*.log\n__pycache__/\n*.pyc\n',
    '.editorconfig': 'root = true\n',
    'README.md': '# Harbour\n',
    'CHANGELOG.md': '# Changes\n',
    'docs/tides.md': '# Tides\n',
    'docs/deploy.md': '# Deploy\n',
    'src/server.ts': "import './router.ts';\n",
    'src/router.ts': "app.get('/berth/', list);\n",
    'src/types.ts': 'export interface Berth { name: string }\n',
    'src/config.ts': 'export const token = process.env.TOKEN;\n',
    'src/berths/allocate.ts': 'export const maxBerths = 40;\n',
    'src/berths/release.ts': 'export {};\n',
    'test/allocate.test.ts': "describe('allocate', () => {});\n",
    'test/router.test.ts': "describe('router', () => {});\n",
    'scripts/check.sh': '#!/bin/sh\nset -e\nnpm test\nnpm run lint\n',
    'scripts/print-routes.js': "console.log('routes');\n",
    'tools/convert.py': 'print("convert")\n',
    'tools/requirements.txt': 'pandas==2.2.0\n',
    'tools/tests/test_csv.py': 'def test_header():\n    pass\n',
    'cmd/tide/main.go': 'package main\n\nfunc main() {}\n',
    'data/vessels.csv': 'name,length\nAda,12\n',
    'assets/logo.png': Buffer.from('89504e470d0a1a0a', 'hex'),
    Makefile: 'build:\n\tnpm run build\ntest:\n\tnpm test\nclean:\n\trm -rf dist coverage\n',
  });
  world.sh('git init -q && git add -A && git commit -q -m start && git init -q --bare ../remote.git');
  world.sh(
    'git remote add origin ../remote.git && git push -q -u origin main && git switch -q -c feature/berth-report',
  );
  world.sh(
    'mkdir -p dist node_modules/left-pad build && echo built > dist/server.js && echo 1 > node_modules/left-pad/index.js',
  );
  world.write({ 'src/router.ts': "app.get('/berths/', list);\n", 'src/report.ts': 'export {};\n' });
});

/** Judges commands in the project, as a whole day's rows. */
async function judge(commands: readonly { readonly id: string; readonly command: string }[]) {
  const rows = commands.map(({ id, command }) => {
    return JSON.stringify({ id, command, cwd: world.repo, workspace: world.repo, home: world.home, env: world.env });
  });
  const { exit, stdout } = await world.run('belay', ['check', '--batch', '-'], { input: `${rows.join('\n')}\n` });
  expect(exit).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  return lines.map((line) => answer.parse(JSON.parse(line)));
}

test('three hundred ordinary commands of a day are not asked about', async () => {
  expect(DAY.length).toBeGreaterThanOrEqual(300);
  expect(new Set(DAY.map(({ command }) => command)).size).toBe(DAY.length);
  const answers = await judge(DAY);
  expect(answers.map(({ id }) => id)).toEqual(DAY.map(({ id }) => id));
  const asked = answers.filter(({ decision }) => decision !== 'allow');
  const commands = new Map(DAY.map(({ id, command }) => [id, command]));
  expect(asked.map(({ id, reasons }) => `${commands.get(id)}: ${reasons[0]?.sentence}`)).toEqual([]);
});

test('in the same project what would lose the day is asked about', async () => {
  const commands = ['rm -rf src', 'git reset --hard', 'git clean -fd', 'git push --force', 'git checkout .'];
  const answers = await judge(commands.map((command) => ({ id: command, command })));
  expect(answers.map(({ id, decision }) => `${id}: ${decision}`)).toEqual(commands.map((one) => `${one}: ask`));
});
