// Copies what tsc leaves behind: the data files (rules in TOML) that the compiled code reads from beside itself.
import { cpSync } from 'node:fs';

for (const folder of ['policy/rules']) {
  cpSync(new URL(`../src/${folder}`, import.meta.url), new URL(`../dist/${folder}`, import.meta.url), {
    recursive: true,
  });
}
