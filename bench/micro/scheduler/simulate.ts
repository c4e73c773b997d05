// Arguments: tasks, executors.
import { simulate } from '../../../packages/scheduler/src/testing/simulation.js';

const [tasks = 0, executors = 0] = process.argv.slice(2).map(Number);
const { violations, launches, cpuMs } = await simulate({
  seed: 1,
  executors,
  slotsPerExecutor: 16,
  tasksPerStage: tasks / 2,
  meanTaskMs: 200,
  losses: 5,
  failureShare: 0.5,
});
if (violations.length > 0) throw new Error(violations.slice(0, 10).join('\n'));
console.log(JSON.stringify({ tasks, metrics: { launchUs: (cpuMs * 1000) / launches } }));
