import { defineConfig } from 'vitest/config';

// As server/threads/disable-telemetry.ts does, for every process of the tests.
process.env['ORT_DISABLE_TELEMETRY'] = '1';

export default defineConfig({
  test: {
    include: [
      'server/**/*.spec.ts',
      'client/**/*.spec.ts',
      'datasets/**/*.spec.ts',
      'bench/**/*.spec.ts',
      'training/**/*.spec.ts',
      'test/**/*.spec.ts',
    ],
    globalSetup: 'test/global-setup.ts',
    pool: 'forks',
    // Servers of the tests load models: two cores do not carry more of them side by side.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
