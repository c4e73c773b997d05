import { performance } from 'node:perf_hooks';
import { median } from './measure.mjs';

const warmUps = 3;
const repeats = 7;

/**
 * Runs a job until it is compiled and warm, then times it: for jobs so short that start-up would
 * hide them. CPU is that of the whole process, all threads and background compilation included.
 *
 * @param {() => Promise<void> | void} job
 * @returns {Promise<{ cpuMs: number, wallMs: number, firstWallMs: number }>} medians of seven runs
 *   after three, and the wall time of the very first
 */
export async function steady(job) {
  const firstStart = performance.now();
  await job();
  const firstWallMs = performance.now() - firstStart;
  for (let i = 1; i < warmUps; i++) await job();
  const cpuMs = [];
  const wallMs = [];
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    const before = process.cpuUsage();
    await job();
    const { user, system } = process.cpuUsage(before);
    cpuMs.push((user + system) / 1000);
    wallMs.push(performance.now() - start);
  }
  return { cpuMs: median(cpuMs), wallMs: median(wallMs), firstWallMs };
}

/** What `method` says of benches that use `steady`. */
export const steadyMethod =
  'Inside each process, CPU of all its threads around one job, median of 7 after 3 to warm up';
