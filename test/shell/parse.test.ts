import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expandBraces } from '../../src/shell/braces.ts';
import { parseScript } from '../../src/shell/parse.ts';

const whys = (text: string, dialect: 'bash' | 'sh' | 'zsh' = 'bash') =>
  parseScript(text, dialect).unknowns.map((unknown) => unknown.why);

describe('the parser', () => {
  test.each([
    'rm -rf x',
    'cd a &&\\\n  make',
    "git commit -m 'it is done; rm -rf x'",
    'cat <<EOF\n$(date)\nEOF',
    'for f in *.txt; do echo "$f"; done',
    'echo "a $(b "c $(d)") e"',
    'cmd 2>&1 | tee log',
    'exec 3>&-',
    'echo ${x:-y} ${x//a/b} ${#x}',
    'echo "$\\(not an expansion"',
    "sed 's/(a)/<(b)/'",
    "echo 'caf\u00e9 \u2013 \ud83d\ude80'",
    'echo "${{ matrix.os }}"',
    // Every shell refuses these substitutions, and runs the line around them.
    'echo Usage: `npm run pull -- -a <key>`',
    'rg "a`|b`c" d',
    // A line cut off behind its first piece.
    'make -j4 \\',
    // Recipes, as they stand in a makefile.
    '$(CC) -c $<',
    'sed -f fix.sed $< > $@',
    '$(Q) if test -f x; then echo $<; fi',
    '$(AM_V_GEN)(cd docs && make $<)',
  ])('is certain of %j', (text) => {
    expect(whys(text)).toEqual([]);
  });

  test.each([
    ['$\\\n{y:-rm} -rf x', 'bash'],
    ['echo ${\\\ny:-$(rm -rf x)}', 'bash'],
    ['cat <\\\n(rm -rf x)', 'bash'],
    ['2>&-rm ls -rf x', 'bash'],
    ['2>& -rm ls -rf x', 'bash'],
    ['f=<(ls) rm -rf x', 'bash'],
    ['echo {v}>(rm -rf x)', 'bash'],
    ["echo $'a\\\nb'", 'bash'],
    ["echo hi >&'$(rm -rf x)'", 'bash'],
    ['rm x\\', 'bash'],
    ['rm\u0000x', 'bash'],
    ['rm \u202ex', 'bash'],
    ['rm \ud800', 'bash'],
    ['rm \ufffd', 'bash'],
    ["echo $'a\\'; rm -rf x #'", 'sh'],
    ['echo *(e:"rm x":)', 'zsh'],
    ['if true; then', 'bash'],
    ['echo `rm x\nls >`', 'bash'],
    ['rm x; ls >', 'bash'],
    ["echo 'unterminated", 'bash'],
    ['echo "$(if)"', 'bash'],
  ] as const)('says that it is not certain of %j in %s', (text, dialect) => {
    expect(whys(text, dialect)).not.toEqual([]);
  });

  test('never throws, and places what it does not know inside the text', () => {
    const pieces = fc.constantFrom(
      'a',
      ' ',
      '\n',
      '$',
      '(',
      ')',
      '{',
      '}',
      '"',
      "'",
      '`',
      '\\',
      '<',
      '>',
      '&',
      '|',
      ';',
      '#',
      '=',
      '[',
      ']',
      '*',
      '~',
      '!',
      '<<E',
      'if ',
      'fi',
      '\u0000',
    );
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 40 }).map((all) => all.join('')),
        (text) => {
          const script = parseScript(text, 'bash');
          for (const unknown of script.unknowns) {
            expect(unknown.start).toBeGreaterThanOrEqual(0);
            expect(unknown.start).toBeLessThanOrEqual(text.length + 1);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('is certain of what bash accepts', () => {
    const pieces = fc.constantFrom(
      'a ',
      '$x ',
      '"b" ',
      "'c' ",
      '(',
      ')',
      '{ ',
      '} ',
      '; ',
      '& ',
      '| ',
      '&& ',
      '\n',
      'if ',
      'then ',
      'fi ',
      '> f ',
      '$(',
    );
    const texts = fc.sample(
      fc.array(pieces, { minLength: 2, maxLength: 9 }).map((all) => all.join('')),
      { numRuns: 200, seed: 7 },
    );
    const accepted = texts.filter((text) => spawnSync('bash', ['-n', '-c', text], { env: {} }).status === 0);
    expect(accepted.length).toBeGreaterThan(5);
    expect(accepted.filter((text) => whys(text).length > 0)).toEqual([]);
  });
});

/** Shell scripts that come with the system. */
function systemScripts(): readonly string[] {
  const SHELL = /^#! ?\/(?:usr\/)?bin\/(?:env )?(?:ba)?sh\b/;
  return ['/usr/bin', '/usr/sbin', '/usr/lib/git-core', '/etc/init.d', '/usr/share/doc'].flatMap((folder) => {
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .map((name) => join(folder, name))
      .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
      .filter((path) => statSync(path).size <= 65_536 && SHELL.test(readFileSync(path, 'latin1')));
  });
}

describe('over the scripts of this system', () => {
  const scripts = systemScripts().map((path) => ({
    path,
    isCertain: whys(readFileSync(path, 'utf8')).length === 0,
    isAccepted: spawnSync('bash', ['-n', path], { env: {} }).status === 0,
  }));

  test.skipIf(scripts.length < 20)('it is certain of nearly all that bash accepts', () => {
    const accepted = scripts.filter(({ isAccepted }) => isAccepted);
    const doubted = accepted.filter(({ isCertain }) => !isCertain).map(({ path }) => path);
    expect(doubted.length / accepted.length, doubted.join(' ')).toBeLessThan(0.02);
  });

  test('it is certain of none that bash refuses', () => {
    expect(scripts.filter(({ isAccepted, isCertain }) => !isAccepted && isCertain)).toEqual([]);
  });
});

describe('brace expansion', () => {
  test.each([
    ['{a,b}', ['a', 'b']],
    ['x{a,b}y{1,2}', ['xay1', 'xay2', 'xby1', 'xby2']],
    ['{a,{b,c}}', ['a', 'b', 'c']],
    ['{1..3}', ['1', '2', '3']],
    ['{03..01}', ['03', '02', '01']],
    ['{a..e..2}', ['a', 'c', 'e']],
    ['{a}', ['{a}']],
    ['"{a,b}"', ['"{a,b}"']],
    ['${x,y}', ['${x,y}']],
    ['{1..999999999}', null],
  ])('makes of %s', (text, words) => {
    expect(expandBraces(text)).toEqual(words);
  });
});
