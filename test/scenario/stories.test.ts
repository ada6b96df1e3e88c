// Every story in this folder, acted out on the real thing.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { actOut, parseStory } from './story.ts';
import { World } from './world.ts';

let world: World;
afterEach(() => world.close());

const stories = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => ({ name, story: parseStory(readFileSync(join(import.meta.dirname, name), 'utf8')) }));

test.each(stories)(
  '$story.title ($name)',
  async ({ story }) => {
    world = new World();
    await actOut(story, world);
    expect(world.escapes()).toEqual([]);
  },
  180_000,
);
