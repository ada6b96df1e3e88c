/** The configuration's JSON Schema, for editors: `schema/config.schema.json` is what this returns. Pure. */
import { z } from 'zod';
import { KINDS } from '../effects/effect.ts';
import { effectKind } from '../policy/rule.ts';
import { configFile } from './schema.ts';

/** Returns the text of the schema file. */
export function configJsonSchema(): string {
  const schema = z.toJSONSchema(configFile, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // zod can't know what a check of our own takes.
      if (zodSchema === effectKind) jsonSchema.enum = Object.keys(KINDS);
    },
  });
  const head = { $schema: schema.$schema, title: 'Belay configuration (config.toml, .belay.toml)' };
  return `${JSON.stringify({ ...head, ...schema }, null, 2)}\n`;
}
