import { defineConfig } from 'vitest/config';

// As server/threads/disable-telemetry.ts does, for every process of the tests.
process.env['ORT_DISABLE_TELEMETRY'] = '1';

export default defineConfig({
  test: {
    include: [
      'server/**/*.spec.ts',
      'client/**/*.spec.ts',
      'page/src/**/*.spec.ts',
      'datasets/**/*.spec.ts',
      'training/**/*.spec.ts',
      'test/**/*.spec.ts',
    ],
    globalSetup: 'test/global-setup.ts',
    pool: 'forks',
    // Servers of the tests load models: two cores do not carry more of them side by side.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Counts what runs in the processes of the tests: neither compiled code in threads, nor commands that tests start.
    coverage: {
      provider: 'v8',
      include: ['server/**/*.ts', 'client/**/*.ts'],
      exclude: ['**/*.spec.ts', '**/*.d.ts', '**/dist/**', '**/node_modules/**'],
      reporter: ['text-summary', 'html'],
      thresholds: { statements: 86, branches: 79, functions: 88, lines: 87 },
    },
  },
});
