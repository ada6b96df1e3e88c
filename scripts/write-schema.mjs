// Writes schema/config.schema.json from the built code: npm run build, then node scripts/write-schema.mjs
import { writeFileSync } from 'node:fs';
import { configJsonSchema } from '../dist/config/json-schema.js';

writeFileSync(new URL('../schema/config.schema.json', import.meta.url), configJsonSchema());
