import { defineConfig } from 'vitest/config';

// Packages are tested from their TypeScript, but import each other as users do: built, from
// `dist`. Those files are loaded by Node itself, because worker entries and closures must look
// in tests as they look in production.
const shared = {
  pool: 'forks' as const,
  server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
  // What does not come at all fails by this; a busy machine must not.
  expect: { poll: { timeout: 30_000 } },
};

/** Of every kind of behaviour some, for a run that must not take long; FIRESTEEL_TEST_ALL=1 runs all. */
const representatives = {
  'mesos-coarse': '{accumulators,broadcast,caching,keys,retries,save,values}',
  // Each wave of tasks goes through the master: suites of few jobs.
  'mesos-fine': '{accumulators,broadcast,caching,retries,save}',
};
const runsAll = process.env.FIRESTEEL_TEST_ALL === '1';

/** Behaviour suites on a Mesos cluster. */
const behaviourOn = (backend: keyof typeof representatives) => ({
  test: {
    ...shared,
    name: `behaviour-${backend}`,
    include: [`test/behaviour/${runsAll ? '*' : representatives[backend]}.test.ts`],
    env: { FIRESTEEL_TEST_BACKEND: backend },
    testTimeout: runsAll ? 600_000 : 60_000,
    hookTimeout: 60_000,
  },
});

export default defineConfig({
  test: {
    globalSetup: 'scripts/vitest-setup.mjs',
    // Much of a test is waiting for processes and threads to start.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'black-box',
          include: ['test/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      behaviourOn('mesos-coarse'),
      behaviourOn('mesos-fine'),
      {
        test: {
          ...shared,
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['packages/*/src/**/*.test-d.ts', 'test/**/*.test-d.ts'],
            tsconfig: './tsconfig.test.json',
          },
        },
      },
    ],
  },
});
