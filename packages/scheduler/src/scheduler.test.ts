import { describe, expect, it } from 'vitest';
import { expected, runAll, startScheduler } from './testing/harness.js';
import { jobPlan } from './testing/plans.js';

describe('Scheduler', () => {
  it('runs the stages of a job in the order of their shuffles', async () => {
    const h = await startScheduler();
    const stages = [
      { shuffleId: 1, numPartitions: 3 },
      { shuffleId: 2, numPartitions: 2 },
      { shuffleId: 3, numPartitions: 4, parents: [1, 2] },
      { numPartitions: 5, parents: [3] },
    ];
    const { result } = h.submit(jobPlan(stages));
    await runAll(h);
    expect(await result).toEqual(expected(stages));
    expect(h.backend.violations).toEqual([]);
  });
});
