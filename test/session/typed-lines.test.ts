// Lines that a person, or an agent, types into the bash of `belay run -- bash`: real bash at a real terminal.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Place, STARTUP, TypedShell } from './shell.ts';

let place: Place;
let shell: TypedShell;
beforeEach(() => {
  place = new Place();
});
afterEach(() => {
  shell.end();
  place.close();
});

async function bash(rc = ''): Promise<TypedShell> {
  place.write('.bashrc', `PS1='ready> '\n${rc}\n`);
  shell = new TypedShell(place, ['/bin/bash', '--rcfile', join(STARTUP, 'bashrc')]);
  return shell.prompt();
}

test('a line is judged once and whole, redirections and all, before any of it runs', async () => {
  await bash();
  await shell.type('echo one > a;   { echo two; } >b | cat');
  expect(place.asked()).toEqual(['echo one > a;   { echo two; } >b | cat']);
  expect(place.read('a')).toBe('one\n');
});

test('of a line that is refused nothing happens, whatever its shape', async () => {
  await bash();
  for (const line of [
    'echo x > a; echo evil',
    ': > a; : evil',
    'if true; then echo x > a; fi; : evil',
    'f() { echo x > a; }; f; : evil',
    '(echo x > a; : evil)',
    'echo evil | tee a',
    'while :; do echo x > a; : evil; done',
    'until false; do echo x > a; : evil; done',
    'for i in 1 2; do echo x > a; : evil; done',
    '(while :; do echo x > a; : evil; done)',
    'cat > a <<< evil',
    'echo "$(echo x > a)" evil',
  ]) {
    expect(await shell.type(line)).toContain('not run');
    expect(place.read('a'), line).toBeNull();
  }
  expect(place.asked()).toHaveLength(12);
  await shell.type('echo fine > a');
  expect(place.read('a')).toBe('fine\n');
});

test('a command over several lines is one', async () => {
  await bash("PS2=''");
  const typed = shell.type('for i in 1 2; do\recho $i\rdone > a');
  await typed;
  expect(place.asked()).toHaveLength(1);
  expect(place.asked()[0]).toContain('done > a');
  expect(place.read('a')).toBe('1\n2\n');
});

test('an empty line, Ctrl-C at the prompt, and completion ask nothing', async () => {
  await bash('_complete() { COMPREPLY=($(compgen -W "alpha" -- "$2")); }; complete -F _complete thing');
  await shell.type('');
  await shell.typeUntil('half a line', 'half a line');
  await shell.interrupt();
  await shell.typeUntil('thing al\t', 'thing alpha');
  await shell.interrupt();
  expect(place.asked()).toEqual([]);
});

test('what the prompt runs is not asked about', async () => {
  await bash("PS1='$(true)ready> '\nPROMPT_COMMAND='echo x > /dev/null'");
  await shell.type('');
  await shell.type('echo a');
  expect(place.asked()).toEqual(['echo a']);
});

test('the exit status and the last argument of the command before are kept', async () => {
  await bash();
  await shell.type('false');
  expect(await shell.type('echo "status=$?"')).toContain('status=1\n');
  await shell.type('echo a b');
  expect(await shell.type('echo "last=$_"')).toContain('last=b\n');
});

test.each([
  ['a string', `PROMPT_COMMAND='echo "before $?"'`],
  ['a list', `PROMPT_COMMAND=('true' 'echo "before $?"')`],
])("the user's own PROMPT_COMMAND runs with the status that was, as %s, after a refused line too", async (_, rc) => {
  await bash(rc);
  expect(await shell.type('(exit 7)')).toContain('before 7\n');
  expect(await shell.type('echo evil')).toContain('before 130\n');
});

test("the user's own DEBUG trap, PS0 and history settings stay", async () => {
  await bash('HISTTIMEFORMAT="%F "\ntrap \'echo "mine:$BASH_COMMAND"\' DEBUG\nPS0=\'zero \'');
  const shown = await shell.type('echo a; echo b');
  expect(shown).toContain('zero mine:echo a\na\nmine:echo b\nb\n');
  expect(shown).not.toContain('__belay');
  expect(await shell.type('echo "$HISTTIMEFORMAT"')).toContain('%F \n');
  expect(await shell.type('fc -ln')).toContain('echo a; echo b');
});

test('a trap, a PS0 and a PROMPT_COMMAND that are set later do not end the guard', async () => {
  await bash();
  await shell.type('trap "echo later" DEBUG; PS0=');
  expect(await shell.type('echo fine')).toContain('later\nfine\n');
  expect(await shell.type('echo evil > a')).toContain('not run');
  await shell.type('PROMPT_COMMAND=');
  expect(await shell.type('echo evil > a')).toContain('not run');
  expect(await shell.type('echo evil > a')).toContain('not run');
  expect(place.read('a')).toBeNull();
});

test('a line that the history does not keep is judged command by command', async () => {
  await bash('HISTCONTROL=ignoreboth');
  await shell.type('echo x evil-free'); // so that the line below is part of the one before
  await shell.type(' echo x; echo evil > a');
  await shell.type('echo twice');
  await shell.type('echo twice');
  await shell.type('set +o history');
  await shell.type('echo y; echo evil > a');
  expect(place.read('a')).toBeNull();
  expect(place.asked()).toContain('echo evil > a');
  expect(place.asked().filter((line) => line === 'echo twice').length).toBeGreaterThan(1);
});

test('a PATH that the start-up files reset has the shims in front again', async () => {
  await bash('PATH=/usr/bin:/bin');
  expect(await shell.type('echo "$PATH"')).toContain(`${place.shims}:/usr/bin:/bin\n`);
});
