import { describe, expect, test } from 'vitest';
import { deriveLine } from './world.ts';

/** Lines that delete x by way of what other parsers or word lists miss. `⏎` stands for a line end. */
const DELETES = [
  'r\\m -rf x',
  `'r'"m" -r'f' x`,
  "$'\\x72\\155' -rf x",
  "$'\\u0072m' -rf x",
  "$'rm\\0junk' -rf x",
  '$"rm" -rf x',
  'r\\⏎m -rf x',

  'ls⏎\\rm -rf x',
  'echo hi#; rm -rf x',
  'echo hi #\\⏎rm -rf x',
  "echo hi # don't⏎rm -rf x # won't",
  'echo a\r⏎rm -rf x',
  '[ a ]&&ls;ls|cat&rm -rf x',

  "cat <<'EOF'; rm -rf x⏎body⏎EOF⏎",
  "cat <<'EOF' 2>&1 | sh⏎rm -rf x⏎EOF⏎",
  'cat <<A <<B⏎$(rm -rf x)⏎A⏎y⏎B⏎',
  'cat <<EOF⏎EOF ⏎x⏎EOF⏎rm -rf x',
  'cat <<-E⏎\tbody⏎\tE⏎rm -rf x',

  "bash <<'A'⏎bash <<'B'⏎rm -rf x⏎B⏎A⏎",
  'echo $(case a in a) rm -rf x;; esac)',
  'echo $((echo a; rm -rf x) )',
  '((echo a); rm -rf x)',
  'time -p ! rm -rf x',

  '>f 2>&1 </dev/null A=1 rm -rf x',
  'rm > log -rf 2>&1 x',
  'ls > "$(rm -rf x)"',
  'echo "a $(echo "b $(rm -rf "x")") c"',
  'echo `echo \\`rm -rf x\\``',

  'echo "${y:-$(rm -rf x)}"',
  'echo $(( 1 + $(rm -rf x) ))',
  '(( y = `rm -rf x` ))',
  'let z=$(rm -rf x)',
  'a[$(rm -rf x)]=1',
  'a=(1 [2]=$(rm -rf x))',
  'ls *[$(rm -rf x)]*',
  'ls @(a|$(rm -rf x))',
  'ls {a,$(rm -rf x)}',

  '[[ $(rm -rf x) == a ]]',
  '[[ b =~ $(rm -rf x) ]]',
  'case $(rm -rf x) in a) ;; esac',
  'for i in $(rm -rf x); do :; done',
  'A=$(rm -rf x) ls',
  'diff <(rm -rf x) y',
  'echo ${ rm -rf x; }',
  'ls() { rm -rf x; }; ls',
  'function git ( rm -rf x )⏎git status',
  '[() { rm -rf x; }; [ a ]',

  "X='rm -rf x'; $X",
  '${y:-rm} -rf x',
  '{rm,-rf,x}',
  'r{m..m} -rf x',
  'IFS=,; c=rm,-rf,x; $c',
  'rm${IFS}-rf${IFS}x',
  'r$@m -rf x',
  "$(printf '\\x72\\x6d') -rf x",

  'eval r"m -rf" x',
  "bash <<< 'rm -rf x'",
  `bash -c 'rm "$@"' _ -rf x`,
  "bash -euxo pipefail -lc 'rm -rf x'",
  "source /dev/stdin <<< 'rm -rf x'",
  'env -S "rm -rf x"',
  'exec -a ls rm -rf x',
  "echo x | xargs -I{} sh -c 'rm -rf {}'",

  'sudo -u a env A=1 timeout -k 5 10 nohup nice -n 5 stdbuf -oL command rm -rf x',
  'echo cm0gLXJmIHg= | base64 -d | sh',
  "trap 'rm -rf x' EXIT",
  'hash -p /bin/rm ls; ls -rf x',
  'until rm -rf x; do :; done',
  'select i in $(rm -rf x); do break; done',
  'for ((i=0;i<1;i++)) { rm -rf x; }',
  'for i in 1; { rm -rf x; }',
  'if (true) then rm -rf x; fi',

  'echo if then fi done { } ; rm -rf x',
  'grep -c $ f; rm -rf x',
  'echo $[ $(rm -rf x) + 1 ]',
  'ls |&⏎⏎# c⏎rm -rf x',
  '!(rm -rf x)',
  'a | grep x | head -30⏎rm -rf x && cd s',
  'echo `echo a`⏎echo ` rm -rf x`',
  'cat <<<x - f; rm -rf x',
  'coproc N { rm -rf x; }',
  'ls !(a|b); rm -rf x',
];

/** Lines that only print, whatever they look like. */
const PRINTS = [
  'echo hi # ; rm -rf x',
  'cat <<"E"⏎$(rm -rf x)⏎E⏎',
  "cat <<E'O'F⏎$(rm -rf x)⏎EOF⏎ls",
  'echo "$(cat <<E⏎)"; rm -rf x⏎E⏎)"',
  'git commit -m "rm -rf / is gone"',
  "echo 'rm -rf x' | cat",
  'rm\u00a0-rf\u00a0x',
];

/** Lines that a parser reads otherwise than bash does: nothing may be inferred from them. */
const UNSURE = [
  '$\\⏎{y:-rm} -rf x',
  'echo ${\\⏎y:-$(rm -rf x)}',
  'cat <\\⏎(rm -rf x)',
  '2>&-rm ls -rf x',
  '2>& -rm ls -rf x',
  'f=<(ls) rm -rf x',
  'echo {v}>(rm -rf x)',
  "echo hi >&'$(rm -rf x)'",
  '/bin/r? -rf x',
];

const line = (text: string) => text.replaceAll('⏎', '\n');

describe('a deletion of x is seen in', () => {
  test.each(DELETES)('%s', (text) => {
    const deletes = deriveLine(line(text)).effects.filter((effect) => effect.kind === 'fs.delete');
    expect(deletes.flatMap((effect) => effect.targets)).toContainEqual({ kind: 'path', path: '/ws/x', glob: false });
  });
});

describe('nothing is seen in', () => {
  test.each(PRINTS)('%s', (text) => {
    const { effects } = deriveLine(line(text));
    expect(effects.filter((effect) => /^(?:fs\.delete|opaque|run\.)/.test(effect.kind))).toEqual([]);
  });
});

describe('it is said that this can not be told', () => {
  test.each(UNSURE)('%s', (text) => {
    expect(deriveLine(line(text)).effects.map((effect) => effect.kind)).toContain('opaque');
  });
});
