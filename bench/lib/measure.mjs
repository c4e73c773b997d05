import { spawn } from 'node:child_process';
import { columnsOf } from './memory-plot.mjs';
import { watchTree } from './process-tree.mjs';

/** @import { Contender, Run } from './types.d.ts' */

// The shell's `time` counts every child that was waited for, whatever language it is written in.
const timed = 'TIMEFORMAT="bench-time %3R %3U %3S"; time "$@"';

/**
 * Runs one program and measures the whole tree of processes it makes: wall time, user and system
 * CPU time, peak resident memory.
 *
 * CPU is what bash's `time` reports, or what /proc showed last if that is more: a child that was
 * still alive when its parent ended is missing from the former.
 *
 * @param {Contender} contender
 * @returns {Promise<{ run: Run, result: unknown }>}
 * @throws {Error} when it exits with a failure or prints no result
 */
export async function measure(contender) {
  const child = spawn('/bin/bash', ['-c', timed, 'bench', ...contender.command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...contender.env, LC_NUMERIC: 'C' },
  });
  const tree = watchTree(/** @type {number} */ (child.pid));
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  /** @type {{ code: number | null, failure?: Error }} */
  const end = await new Promise((resolve) => {
    child.on('error', (failure) => resolve({ code: null, failure }));
    child.on('close', (code) => resolve({ code }));
  });
  const { peakRssBytes, cpuMs, rssBytes } = tree.stop();
  const time = /bench-time ([\d.]+) ([\d.]+) ([\d.]+)/.exec(stderr);
  if (end.code !== 0 || time === null) {
    throw new Error(
      `${contender.name} failed with exit code ${end.code}: ${contender.command.join(' ')}\n` +
        `${end.failure?.message ?? ''}${stderr.slice(-4000)}`,
    );
  }
  const [wallMs, userMs, systemMs] = time.slice(1).map((seconds) => Number(seconds) * 1000);
  const { metrics, ...result } = /** @type {{ metrics?: Record<string, number> }} */ (
    contender.parse ? contender.parse(stdout) : lastJsonLine(stdout, contender.name)
  );
  return {
    run: {
      wallMs,
      cpuMs: Math.max(userMs + systemMs, cpuMs),
      peakRssBytes,
      rssBytes: columnsOf(rssBytes),
      metrics: metrics ?? {},
    },
    result,
  };
}

/**
 * @param {string} stdout
 * @param {string} name
 * @returns {unknown}
 */
function lastJsonLine(stdout, name) {
  const line = stdout.split('\n').findLast((text) => text.startsWith('{'));
  if (line === undefined) throw new Error(`${name} printed no result:\n${stdout.slice(-2000)}`);
  return JSON.parse(line);
}

/**
 * The median of each number over the runs of one contender; memory over time is that of the first.
 *
 * @param {readonly Run[]} runs at least one
 * @returns {Run}
 */
export function medianRun(runs) {
  const names = Object.keys(runs[0]?.metrics ?? {});
  return {
    wallMs: median(runs.map((run) => run.wallMs)),
    cpuMs: median(runs.map((run) => run.cpuMs)),
    peakRssBytes: median(runs.map((run) => run.peakRssBytes)),
    rssBytes: runs[0].rssBytes,
    metrics: Object.fromEntries(
      names.map((name) => [name, median(runs.map((run) => run.metrics[name] ?? Number.NaN))]),
    ),
  };
}

/**
 * @param {readonly number[]} values at least one
 * @returns {number}
 */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  return sorted.length % 2 === 1 ? upper : (upper + sorted[middle - 1]) / 2;
}
