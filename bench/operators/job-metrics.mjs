import { performance } from 'node:perf_hooks';

/**
 * Runs the job of a bench and measures it, all threads of the process included.
 *
 * @template T
 * @param {number} rows that go into the job
 * @param {() => Promise<T>} job
 * @returns {Promise<T & { metrics: Record<string, number> }>}
 */
export async function measured(rows, job) {
  const start = performance.now();
  const before = process.cpuUsage();
  const result = await job();
  const { user, system } = process.cpuUsage(before);
  const jobMs = performance.now() - start;
  const metrics = { jobMs, jobCpuMs: (user + system) / 1000, rowsPerSecond: rows / (jobMs / 1000) };
  return { ...result, metrics };
}
