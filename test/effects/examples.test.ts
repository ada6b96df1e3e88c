import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { registry } from '../../src/effects/registry.ts';
import { deriveLine } from './world.ts';

/** Kinds that a command without other effects may have: they lose nothing and let nothing out. */
const HARMLESS = new Set(['fs.read', 'fs.create', 'net.fetch']);

describe('every program table', () => {
  test('is in the registry', () => {
    const folder = new URL('../../src/effects/', import.meta.url);
    const files = readdirSync(new URL('programs/', folder)).filter((file) => file.endsWith('.ts'));
    const listed = readFileSync(new URL('registry.ts', folder), 'utf8');
    expect(files.filter((file) => !listed.includes(`'./programs/${file}'`))).toEqual([]);
  });

  test('has names that no other takes', () => {
    const seen = new Set<string>();
    const twice: string[] = [];
    for (const name of registry.flatMap((program) => program.names)) {
      if (seen.has(String(name))) twice.push(String(name));
      seen.add(String(name));
    }
    expect(twice).toEqual([]);
  });

  const examples = registry.flatMap((program) =>
    program.examples.map((example) => [`${String(program.names[0])}: ${example.command}`, example] as const),
  );
  test.each(examples)('%s', (_name, example) => {
    const kinds = deriveLine(example.command).effects.map((effect) => effect.kind);
    if (example.effects.length === 0) expect(kinds.filter((kind) => !HARMLESS.has(kind))).toEqual([]);
    else expect(kinds).toEqual(expect.arrayContaining([...example.effects]));
  });
});
