/**
 * The fidelity table as data: a state, what destroys it, and what the command names as its targets, as the guard would tell.
 * Commands run in bash with W the tree and OUT a folder beside it.
 */

export interface FidelityCase {
  readonly number: number;
  readonly title: string;
  /** Whether the state is built in a repository with two commits, a branch and a tag. */
  readonly repository: boolean;
  readonly setup: string;
  readonly operation: string;
  /** Relative to the tree, or below $OUT. */
  readonly targets: readonly string[];
  /** The folder that is the workspace, relative to the tree. */
  readonly workspace?: string;
}

/** The repository that most cases start from. */
export const REPOSITORY = String.raw`
git init -q -b main .; git config user.email t@t; git config user.name t; git config gc.auto 0; git config commit.gpgsign false
printf 'node_modules/\n.env\n*.sqlite\ndist/\n' > .gitignore
printf 'one\n' > a.txt; mkdir src; echo x > src/x.js; echo y > src/y.js; printf '#!/bin/sh\n' > run.sh; chmod 755 run.sh
git add -A; git commit -qm c1; echo two >> a.txt; git commit -qam c2; git branch feature HEAD~1; git tag v1 HEAD~1
`;

export const FIDELITY: readonly FidelityCase[] = [
  {
    number: 1,
    title: 'tracked file, unstaged edit',
    repository: true,
    setup: 'echo edit >> a.txt',
    operation: 'git reset -q --hard',
    targets: [],
  },
  {
    number: 2,
    title: 'untracked, not ignored file',
    repository: true,
    setup: 'echo n > notes.md',
    operation: 'git clean -qfd',
    targets: [],
  },
  {
    number: 3,
    title: 'ignored secret .env',
    repository: true,
    setup: 'echo S=1 > .env',
    operation: 'git clean -qfdx',
    targets: ['.env'],
  },
  {
    number: 4,
    title: 'ignored local database 3 MB',
    repository: true,
    setup: 'head -c 3000000 /dev/urandom > data.sqlite',
    operation: 'rm -f data.sqlite',
    targets: ['data.sqlite'],
  },
  {
    number: 5,
    title: 'ignored node_modules (300 files)',
    repository: true,
    setup: 'mkdir -p node_modules/p; for i in $(seq 300); do echo $i > node_modules/p/$i.js; done',
    operation: 'rm -rf node_modules',
    targets: ['node_modules'],
  },
  {
    number: 6,
    title: 'untracked dir of 250 small files',
    repository: true,
    setup: 'mkdir -p gen; for i in $(seq 250); do echo $i > gen/$i.ts; done',
    operation: 'rm -rf gen',
    targets: ['gen'],
  },
  {
    number: 7,
    title: 'empty directories',
    repository: true,
    setup: 'mkdir -p logs/a logs/b; mkdir -p src/empty',
    operation: 'rm -rf logs src/empty',
    targets: ['logs', 'src/empty'],
  },
  {
    number: 8,
    title: 'symlinks: file, dir, dangling, absolute',
    repository: true,
    setup: 'ln -s a.txt l1; ln -s src l2; ln -s nowhere l3; ln -s /etc/hostname l4',
    operation: 'rm -f l1 l2 l3 l4',
    targets: ['l1', 'l2', 'l3', 'l4'],
  },
  {
    number: 9,
    title: 'exec bit of tracked + untracked',
    repository: true,
    setup: 'echo x > tool; chmod 755 tool',
    operation: 'chmod -R a-x .',
    targets: [],
  },
  {
    number: 10,
    title: 'modes 0600/0444/setgid dir',
    repository: true,
    setup:
      'echo k > key.pem; chmod 600 key.pem; echo r > ro.txt; chmod 444 ro.txt; mkdir g; echo 1 > g/f; chmod 2775 g',
    operation: 'chmod -R 777 .',
    targets: [],
  },
  {
    number: 11,
    title: 'staged-only change (index != HEAD, != worktree)',
    repository: true,
    setup: 'echo st >> a.txt; git add a.txt; echo wt >> a.txt',
    operation: 'git reset -q --hard',
    targets: [],
  },
  {
    number: 12,
    title: 'staged new file, deleted in worktree',
    repository: true,
    setup: 'echo sn > sn.txt; git add sn.txt; rm sn.txt',
    operation: 'git reset -q --hard',
    targets: [],
  },
  {
    number: 13,
    title: 'staged delete / rename',
    repository: true,
    setup: 'git mv src/x.js src/z.js; git rm -q --cached src/y.js',
    operation: 'git reset -q --hard',
    targets: [],
  },
  {
    number: 14,
    title: 'intent-to-add + partially staged file',
    repository: true,
    setup: 'echo i > ita.txt; git add -N ita.txt; echo p >> src/x.js; git add src/x.js; echo q >> src/x.js',
    operation: 'git reset -q && git checkout -q -- . && rm -f ita.txt',
    targets: [],
  },
  {
    number: 15,
    title: 'merge in progress with conflict',
    repository: true,
    setup:
      'git checkout -q feature; echo other >> a.txt; git commit -qam f; git checkout -q main; git merge feature >/dev/null 2>&1; echo half-resolved >> a.txt',
    operation: 'git merge --abort || git reset -q --hard',
    targets: [],
  },
  {
    number: 16,
    title: 'rebase in progress with conflict',
    repository: true,
    setup:
      'git checkout -q feature; echo other >> a.txt; git commit -qam f; git rebase main >/dev/null 2>&1; echo half >> a.txt',
    operation: 'git rebase --abort || git checkout -qf main',
    targets: [],
  },
  {
    number: 17,
    title: 'cherry-pick in progress',
    repository: true,
    setup:
      'git checkout -q feature; echo other >> a.txt; git commit -qam f; git checkout -q main; git cherry-pick feature >/dev/null 2>&1',
    operation: 'git cherry-pick --abort || git reset -q --hard',
    targets: [],
  },
  {
    number: 18,
    title: 'bisect in progress',
    repository: true,
    setup:
      'for i in 1 2 3 4 5; do echo $i >> src/y.js; git commit -qam b$i; done; git bisect start >/dev/null 2>&1; git bisect bad >/dev/null; git bisect good HEAD~5 >/dev/null',
    operation: 'git bisect reset >/dev/null 2>&1',
    targets: [],
  },
  {
    number: 19,
    title: 'branch switched with force, edits lost',
    repository: true,
    setup: 'echo edit >> a.txt; echo u > u.txt',
    operation: 'git checkout -qf feature && git clean -qfd',
    targets: [],
  },
  {
    number: 20,
    title: 'detached HEAD with own commit',
    repository: true,
    setup: 'git checkout -q --detach; echo d >> a.txt; git commit -qam det',
    operation: 'git checkout -qf main',
    targets: [],
  },
  {
    number: 21,
    title: 'unpushed commit, branch moved back',
    repository: true,
    setup: 'echo c3 >> a.txt; git commit -qam c3',
    operation: 'git reset -q --hard HEAD~2',
    targets: [],
  },
  {
    number: 22,
    title: 'branch and tag deleted',
    repository: true,
    setup: 'git checkout -q feature; echo f >> src/y.js; git commit -qam f2; git checkout -q main',
    operation: 'git branch -qD feature; git tag -d v1 >/dev/null',
    targets: [],
  },
  {
    number: 23,
    title: 'stash entries dropped',
    repository: true,
    setup: 'echo s1 >> a.txt; git stash -q; echo s2 >> src/x.js; git stash -q',
    operation: 'git stash clear',
    targets: [],
  },
  {
    number: 24,
    title: 'reflog expire + gc --prune=now',
    repository: true,
    setup: 'echo lost >> a.txt; git commit -qam lost; git reset -q --hard HEAD~1',
    operation: 'git reflog expire --expire=now --all; git gc -q --prune=now',
    targets: [],
  },
  {
    number: 25,
    title: 'commit amended, edits dropped',
    repository: true,
    setup: 'echo am >> a.txt; git commit -qam c3',
    operation: 'git reset -q --soft HEAD~1; git checkout -q HEAD -- a.txt; git commit -q --allow-empty -m amended',
    targets: [],
  },
  {
    number: 26,
    title: '.git deleted',
    repository: true,
    setup: 'echo edit >> a.txt; git add a.txt',
    operation: 'rm -rf .git',
    targets: ['.git'],
  },
  {
    number: 27,
    title: 'whole project content deleted',
    repository: true,
    setup: 'echo u > u.txt; echo S > .env',
    operation: 'find . -mindepth 1 -delete',
    targets: ['.'],
  },
  {
    number: 28,
    title: 'nested repo with commits + edits',
    repository: true,
    setup:
      'git init -q nested; (cd nested; git config user.email t@t; git config user.name t; echo n > n.txt; git add n.txt; git commit -qm n; echo dirty >> n.txt; echo un > un.txt)',
    operation: 'rm -rf nested',
    targets: ['nested'],
  },
  {
    number: 29,
    title: 'nested repo without commit',
    repository: true,
    setup: 'git init -q fresh; echo w > fresh/work.txt',
    operation: 'rm -rf fresh',
    targets: ['fresh'],
  },
  {
    number: 30,
    title: 'submodule with local edits',
    repository: true,
    setup:
      'git init -q ../subsrc; (cd ../subsrc; git config user.email t@t; git config user.name t; echo s > s.txt; git add .; git commit -qm s); git -c protocol.file.allow=always submodule --quiet add ../subsrc sub; git commit -qm sub; echo dirty >> sub/s.txt; echo new > sub/new.txt',
    operation: 'git submodule --quiet deinit -f --all; rm -rf .git/modules/sub',
    targets: ['.git/modules/sub', 'sub'],
  },
  {
    number: 31,
    title: 'linked worktree (.git is a file)',
    repository: true,
    setup: 'git worktree add -q ../lw feature; cd ../lw; echo e >> a.txt; git add a.txt; echo u > u.txt',
    operation: 'cd ../lw; git reset -q --hard; git clean -qfd',
    targets: [],
    workspace: '../lw',
  },
  {
    number: 32,
    title: 'folder without git',
    repository: false,
    setup: 'mkdir p; echo 1 > p/1; echo 2 > top',
    operation: 'rm -rf p; echo bad > top',
    targets: ['p', 'top'],
  },
  {
    number: 33,
    title: 'path outside the repo',
    repository: true,
    setup: 'mkdir -p $OUT/d; echo o > $OUT/d/o.txt',
    operation: 'rm -rf $OUT/d',
    targets: ['$OUT/d'],
  },
  {
    number: 34,
    title: 'huge file 60 MB untracked',
    repository: true,
    setup: String.raw`head -c 60000000 /dev/zero | tr "\0" "a" > big.dat`,
    operation: 'truncate -s 0 big.dat',
    targets: ['big.dat'],
  },
  {
    number: 35,
    title: 'odd names: newline tab quote dash colon glob utf8',
    repository: true,
    setup: String.raw`mkdir odd; cd odd; touch -- $'new\nline' $'tab\there' '-rf' 'q"q' "it's" ':(top)x' '*' '[a]' 'trail ' '日本' $'e\u0301' ; for f in ./*; do printf '%s' "$f" > "$f"; done`,
    operation: 'rm -rf odd',
    targets: ['odd'],
  },
  {
    number: 36,
    title: 'odd names: invalid UTF-8 bytes',
    repository: true,
    setup: String.raw`mkdir odd; printf bytes > $'odd/\xff\xfe.txt'`,
    operation: 'rm -rf odd',
    targets: ['odd'],
  },
  {
    number: 37,
    title: 'deep path > 1024 bytes, name 250 bytes',
    repository: true,
    setup:
      'd=deep; for i in $(seq 30); do d=$d/$(printf "d%.0s" $(seq 40)); done; mkdir -p $d; echo x > $d/f; touch $(printf "n%.0s" $(seq 250))',
    operation: 'rm -rf deep nnn*',
    targets: ['deep'],
  },
  {
    number: 38,
    title: 'CRLF file under text=auto eol',
    repository: true,
    setup: String.raw`printf "* text=auto\n" > .gitattributes; git add .gitattributes; git commit -qm attr; printf "l1\r\nl2\r\n" > crlf.txt; printf "x\r\ny\n" > mixed.txt`,
    operation: 'rm -f crlf.txt mixed.txt',
    targets: ['crlf.txt', 'mixed.txt'],
  },
  {
    number: 39,
    title: 'clean/smudge filter (LFS-like) file',
    repository: true,
    setup: String.raw`git config filter.up.clean "tr a-z A-Z"; git config filter.up.smudge cat; printf "*.asset filter=up\n" > .gitattributes; git add .gitattributes; git commit -qm at; echo lowercase > m.asset`,
    operation: 'rm -f m.asset',
    targets: ['m.asset'],
  },
  {
    number: 40,
    title: 'file replaced by directory and back',
    repository: true,
    setup: 'echo edit >> a.txt',
    operation: 'rm a.txt; mkdir a.txt; echo t > a.txt/t; rm -rf src; echo f > src',
    targets: ['a.txt', 'src'],
  },
  {
    number: 41,
    title: 'tracked file in an ignored dir (force-added)',
    repository: true,
    setup:
      'mkdir dist; echo b > dist/b.js; git add -f dist/b.js; git commit -qm d; echo edit >> dist/b.js; echo extra > dist/e.js',
    operation: 'rm -rf dist',
    targets: ['dist'],
  },
  {
    number: 42,
    title: '.gitignore edit uncommitted hides untracked dir; restore itself must not delete it',
    repository: true,
    setup: String.raw`printf "secrets/\n" >> .gitignore; mkdir secrets; echo k > secrets/k; echo u > u.txt`,
    operation: 'echo junk >> a.txt; echo new > agent.txt',
    targets: [],
  },
  {
    number: 43,
    title: 'skip-worktree / assume-unchanged local edits',
    repository: true,
    setup:
      'echo loc >> src/x.js; git update-index --skip-worktree src/x.js; echo loc2 >> src/y.js; git update-index --assume-unchanged src/y.js',
    operation: 'git checkout -q HEAD^ -- . 2>/dev/null; echo over > src/x.js; echo over > src/y.js',
    targets: [],
  },
  {
    number: 44,
    title: 'common "excluded" types: lock, png, csv, log, vendor/, bin/',
    repository: true,
    setup:
      'echo l > yarn.lock; head -c 2000 /dev/urandom > logo.png; echo 1,2 > seeds.csv; echo lg > app.log; mkdir vendor bin; echo v > vendor/v.c; echo b > bin/b',
    operation: 'rm -rf yarn.lock logo.png seeds.csv app.log vendor bin',
    targets: ['yarn.lock', 'vendor', 'bin'],
  },
  {
    number: 45,
    title: 'hooks and config',
    repository: true,
    setup: String.raw`printf "#!/bin/sh\nexit 0\n" > .git/hooks/pre-commit; chmod 755 .git/hooks/pre-commit; git config alias.x status`,
    operation: 'rm .git/hooks/pre-commit; git config --unset alias.x; git config core.hooksPath /nowhere',
    targets: [],
  },
  {
    number: 46,
    title: 'FIFO in the tree (must not hang)',
    repository: true,
    setup: 'mkfifo pipe; echo u > u.txt',
    operation: 'rm -f pipe u.txt',
    targets: ['pipe', 'u.txt'],
  },
  {
    number: 47,
    title: 'hard-linked pair',
    repository: true,
    setup: 'echo h > h1; ln h1 h2',
    operation: 'rm -f h1 h2',
    targets: ['h1', 'h2'],
  },
  {
    number: 48,
    title: 'agent created files: must be removed by restore',
    repository: true,
    setup: 'echo keep > keep.txt',
    operation: 'mkdir newdir; echo x > newdir/x; echo y > src/new.js; git add src/new.js; git commit -qm agent',
    targets: [],
  },
];
