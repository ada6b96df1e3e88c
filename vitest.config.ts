import { defineConfig } from 'vitest/config';

// One file at a time on two cores: the tests start real daemons, shells and terminals.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
