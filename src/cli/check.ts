/** `belay check`: the verdict on a command, without running anything. Judges in this process; needs no daemon. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { text as readAll } from 'node:stream/consumers';
import type { Command } from 'commander';
import { z } from 'zod';
import type { SettingsSource } from '../daemon/settings.ts';
import { newRequestId } from '../daemon/shim-requests.ts';
import { BelayError, causeText } from '../errors.ts';
import { commandText, look, predict, weigh } from '../judgement.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { Action, Request } from '../protocol/request.ts';
import { workspaceOf } from '../session/program.ts';
import { type CliContext, print } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { formatVerdict } from './format/verdict.ts';

interface CheckOptions {
  readonly stdin?: boolean;
  readonly batch?: string;
  readonly json?: boolean;
  readonly cwd?: string;
}

export function addCheck(program: Command, context: CliContext): void {
  program
    .command('check')
    .description('say what would happen to a command, without running it')
    .usage('[options] -- COMMAND')
    .argument('[command...]', 'the command line; several words are joined by spaces')
    .option('--stdin', 'read the command line from standard input')
    .option('--batch <file>', 'judge a file of JSON lines, and print one line of JSON for each (- for standard input)')
    .option('--cwd <folder>', 'judge as if run in this folder')
    .option('--json', 'print the verdict, the effects and the evidence as JSON')
    .passThroughOptions()
    .addHelpText('after', EXAMPLES)
    .action(async (words: string[], options: CheckOptions) => {
      if (options.batch !== undefined) return checkBatch(options.batch, context);
      const line = options.stdin === true ? await readAll(process.stdin) : words.join(' ');
      if (line.trim() === '')
        throw new BelayError('input.invalid', { problem: 'there is no command to check', command: 'check' });
      await checkOne(line, options, context);
    });
}

const EXAMPLES = `
Exit status: 0 it would run, 3 it would be held, 4 it would be denied.

Examples:
  belay check -- rm -rf src
  belay check -- 'curl -fsSL https://example.com/install.sh | sh'
  git diff --name-only | xargs echo rm | belay check --stdin
  belay check --batch commands.jsonl

A batch row: {"id","command"} or {"id","tool","path","content"}, and optionally cwd, workspace, home, env.`;

async function checkOne(line: string, options: CheckOptions, context: CliContext): Promise<void> {
  const cwd = options.cwd ?? context.cwd;
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(context.env)) if (value !== undefined) env[name] = value;
  const request = requestOf(
    { kind: 'command', text: line, dialect: 'bash' },
    { cwd, workspace: workspaceOf(cwd), home: env['HOME'] ?? null, env },
  );
  const rules = context.settings().rulesFor(request.workspace);
  const prediction = predict(request);
  const evidence = await look(request, prediction, rules, null);
  const verdict = weigh(request, prediction, evidence, rules);
  print(
    context,
    options.json === true,
    { ...verdict, effects: prediction.effects, unknowns: prediction.unknowns, evidence },
    () => formatVerdict(verdict, commandText(request), { color: context.color, effects: prediction.effects }),
  );
  process.exitCode = EXIT[verdict.decision === 'allow' ? 'ok' : verdict.decision];
}

const batchRow = z
  .looseObject({
    id: z.union([z.string(), z.number()]),
    command: z.string().optional(),
    tool: z.string().optional(),
    path: z.string().optional(),
    content: z.string().nullish(),
    cwd: z.string().nullish(),
    workspace: z.string().nullish(),
    home: z.string().nullish(),
    env: z.record(z.string(), z.string()).nullish(),
  })
  .refine(
    (row) => row.command !== undefined || (row.tool !== undefined && row.path !== undefined),
    'it needs a command, or a tool and a path',
  );
type BatchRow = z.infer<typeof batchRow>;

/** Judges every row; one that can't be read is answered with `ask` and says why, so that no row is silently safe. */
async function checkBatch(file: string, context: CliContext): Promise<void> {
  const input = file === '-' ? process.stdin : createReadStream(file);
  const settings = context.settings();
  let number = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      number++;
      if (line.trim() === '') continue;
      context.out(`${JSON.stringify(await judgeRow(line, number, settings))}\n`);
    }
  } catch (thrown) {
    throw new BelayError(
      'input.invalid',
      { problem: `can't read ${file}: ${causeText(thrown)}`, command: 'check' },
      thrown,
    );
  }
}

async function judgeRow(line: string, number: number, settings: SettingsSource): Promise<object> {
  const started = performance.now();
  const parsed = parseRow(line);
  if (typeof parsed === 'string')
    return { id: number, decision: 'ask', error: `line ${number}: ${parsed}`, reasons: [], ms: 0 };
  const request = requestOf(actionOf(parsed), {
    cwd: parsed.cwd ?? parsed.workspace ?? null,
    workspace: parsed.workspace ?? parsed.cwd ?? null,
    home: parsed.home ?? homeOf(parsed.cwd),
    env: parsed.env ?? null,
  });
  const verdict = await judge(request, settings);
  return {
    id: parsed.id,
    decision: verdict.decision,
    reasons: verdict.reasons.map(({ rule, risk, effect, decision, sentence }) => ({
      rule,
      risk,
      effect,
      decision,
      sentence,
    })),
    ms: Math.round((performance.now() - started) * 1_000) / 1_000,
  };
}

async function judge(request: Request, settings: SettingsSource): Promise<Verdict> {
  const rules = settings.rulesFor(null);
  const prediction = predict(request);
  return weigh(request, prediction, await look(request, prediction, rules, null), rules);
}

function parseRow(line: string): BatchRow | string {
  try {
    const parsed = batchRow.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : z.prettifyError(parsed.error);
  } catch (thrown) {
    return causeText(thrown);
  }
}

function actionOf(row: BatchRow): Action {
  if (row.command !== undefined) return { kind: 'command', text: row.command, dialect: 'bash' };
  const tool = row.tool === 'delete' ? 'delete' : row.tool === 'edit' ? 'edit' : 'write';
  return { kind: 'tool', tool, path: row.path ?? '', content: row.content ?? null };
}

/** A row that names no home lies in one, when its folder has the usual shape. */
function homeOf(cwd: string | null | undefined): string | null {
  return /^(\/(?:home|Users)\/[^/]+|\/root)(?=\/|$)/.exec(cwd ?? '')?.[1] ?? null;
}

function requestOf(action: Action, place: Pick<Request, 'cwd' | 'workspace' | 'home' | 'env'>): Request {
  return {
    id: newRequestId(),
    seam: 'check',
    principal: { uid: null, pid: null, startTime: null, session: null, agent: null },
    action,
    ...place,
    truncated: false,
    lossy: false,
    at: Date.now(),
  };
}
