// Writes docs/rules.md from the built code: npm run build, then node scripts/write-rules.mjs
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadPolicy } from '../dist/policy/load.js';
import { rulesPage } from '../dist/policy/page.js';

const folder = new URL('../src/policy/rules/', import.meta.url);
const files = readdirSync(folder)
  .filter((file) => file.endsWith('.toml'))
  .sort();
const texts = files.map((file) => ({ file, text: readFileSync(new URL(file, folder), 'utf8') }));
writeFileSync(new URL('../docs/rules.md', import.meta.url), rulesPage(loadPolicy(texts, null, null)));
