import { expect, it } from 'vitest';
import { simulate } from './testing/simulation.js';

/** `npm run bench -- scheduler` plays it on 1,000 executors with a million tasks. */
it.each([1, 2])('keeps its duties on a cluster that loses executors (seed %i)', async (seed) => {
  const result = await simulate({
    seed,
    executors: 100,
    slotsPerExecutor: 4,
    tasksPerStage: 5_000,
    meanTaskMs: 200,
    losses: 15,
    failureShare: 0.5,
  });
  expect(result.violations).toEqual([]);
  expect(result.lostTasks).toBeGreaterThan(20);
  expect(result.failures).toBeGreaterThan(2);
  expect(result.excludedExecutors).toBeGreaterThan(0);
});
