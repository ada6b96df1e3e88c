import { describe, expect, test } from 'vitest';
import { deriveLine, told } from './world.ts';

/** Every way of starting a command from another. `CMD` stands for the command's words, `'CMD'` for its text. */
const WRAPPERS = [
  'env CMD',
  'env -i A=b CMD',
  'env -u A -C /ws CMD',
  'sudo CMD',
  'sudo -n -u root CMD',
  'sudo -E A=b -- CMD',
  'doas -u a CMD',
  "su -c 'CMD'",
  "su - root -c 'CMD'",
  'runuser -u a -- CMD',
  'pkexec CMD',
  "sg docker -c 'CMD'",

  'timeout 5 CMD',
  'timeout -s KILL -k 1 5s CMD',
  'nohup CMD',
  'nice CMD',
  'nice -n 10 CMD',
  'nice -10 CMD',
  'ionice -c 3 CMD',
  'stdbuf -oL -eL CMD',
  'setsid CMD',
  'time CMD',
  '/usr/bin/time -v CMD',
  'exec CMD',
  'command CMD',
  'command -p CMD',
  'xvfb-run CMD',
  'taskset -c 0 CMD',
  'chrt -f 10 CMD',
  'caffeinate -i CMD',

  'chroot / CMD',
  'unshare -Ur CMD',
  'unshare --mount --net CMD',
  'nsenter -t 1 -m CMD',
  'bwrap --ro-bind / / --dev /dev CMD',
  'firejail CMD',
  'strace -f -o /dev/null CMD',
  'ltrace CMD',
  "script -qc 'CMD' /dev/null",
  "watch -n 1 'CMD'",
  'watch -x CMD',
  'flock /tmp/l CMD',
  "flock /tmp/l -c 'CMD'",

  'busybox CMD',
  'toybox CMD',
  "busybox sh -c 'CMD'",
  '/lib64/ld-linux-x86-64.so.2 /bin/CMD',
  'direnv exec . CMD',
  'dotenv -- CMD',
  'dotenv -e .env.x -- CMD',
  "wsl -e sh -c 'CMD'",
  'wsl CMD',
  'xargs CMD < /dev/null',
  "parallel ::: 'CMD'",
  'find . -maxdepth 0 -exec CMD \\;',
  "eval 'CMD'",
  "bash -c 'CMD'",
  "sh -ec 'CMD'",
  "zsh -c 'CMD'",
  "echo 'CMD' | bash",
  "bash <<< 'CMD'",
  'true && CMD',
  '(CMD)',
  '{ CMD; }',
  '! CMD',
  'CMD &',
  'CMD # comment',
  'if true; then CMD; fi',
  'A=b CMD',
  '\\CMD',
  'noglob CMD',
  'coproc CMD',
  "trap 'CMD' EXIT",
  'cat <(CMD)',
  "bash <(echo 'CMD')",
  "source <(echo 'CMD')",
  'for i in 1; do CMD; done',
  'case x in x) CMD;; esac',
  'a=\'CMD\'; eval "$a"',
  "printf -v v '%s' 'CMD'; bash -c \"$v\"",
  "echo 'CMD' > /tmp/s.sh; chmod +x /tmp/s.sh; /tmp/s.sh",
  "echo 'CMD' > /tmp/s.sh; BASH_ENV=/tmp/s.sh bash -c true",
  "make --eval='x:;CMD' x",
  "git -c alias.z='!CMD' z",
  "tar cf /dev/null x --checkpoint=1 --checkpoint-action=exec='CMD'",
  "zip x.zip a -T -TT 'CMD'",
  "sed '1e CMD' a.txt",
  "ls | entr -s 'CMD'",
  "nix-shell --run 'CMD'",
  'nix develop -c CMD',
  "npx -c 'CMD'",
  'uv run CMD',
  'poetry run CMD',
  'conda run -n x CMD',
  'mise exec -- CMD',
  'systemd-run --user CMD',
  "tmux new-session -d 'CMD'",
  "gdb -batch -ex 'shell CMD'",
  "vim -es -c ':!CMD' -c q",
  "expect -c 'spawn CMD'",
  "pwsh -c 'CMD'",
  'python3 -c \'import os; os.system("CMD")\'',
  'perl -e \'system("CMD")\'',
  'ruby -e \'system("CMD")\'',
  'node -e \'require("child_process").execSync("CMD")\'',
  'php -r \'exec("CMD");\'',
  'lua -e \'os.execute("CMD")\'',
  'awk \'BEGIN{system("CMD")}\'',
  'erl -noshell -eval \'os:cmd("CMD").\'',
  'jshell <<< \'Runtime.getRuntime().exec("CMD")\'',
];

describe('the effect of a command is seen through', () => {
  test.each(WRAPPERS)('%s', (wrapper) => {
    const text = wrapper.replace('CMD', 'rm -rf /ws/x');
    expect(told(deriveLine(text))).toContain('fs.delete /ws/x');
  });

  test.each(WRAPPERS)('%s around itself through sudo and a shell', (wrapper) => {
    const inner = wrapper.includes("'")
      ? wrapper.replace('CMD', 'rm -rf /ws/x')
      : wrapper.replace('CMD', 'rm -rf /ws/x');
    const text = `sudo bash -c "${inner.replace(/[\\"$`]/g, '\\$&')}"`;
    expect(told(deriveLine(text))).toContain('fs.delete /ws/x');
  });
});

describe('what wraps is told by name', () => {
  test('outermost first', () => {
    const effect = deriveLine('sudo env A=1 timeout 5 rm x').effects.find((one) => one.kind === 'fs.delete');
    expect(effect?.via).toEqual(['sudo', 'env', 'timeout']);
  });
});
