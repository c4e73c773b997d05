import { difference } from './agreement.mjs';
import { measure, medianRun } from './measure.mjs';
import { formatSize } from './sizes.mjs';

/** @import { BenchDefinition, BenchOptions, BenchReport, Contender, ContenderReport, Run } from './types.d.ts' */

/**
 * Runs a bench: every contender once per round, in turn (A B C A B C …), so that a slow minute of
 * the machine falls on all of them.
 *
 * @param {BenchDefinition} bench
 * @param {BenchOptions & { rounds: number, command: string }} options
 * @param {(line: string) => void} log
 * @returns {Promise<BenchReport>}
 * @throws {Error} when a contender fails, or when results disagree
 */
export async function runBench(bench, options, log) {
  const all = (await bench.prepare(options)).filter((contender) => options.wants(contender.name));
  /** @type {Contender[]} */
  const ready = [];
  for (const contender of all) {
    if ('skipped' in contender) log(`  skipped ${contender.name}: ${contender.skipped}`);
    else ready.push(contender);
  }
  /** @type {Map<string, Run[]>} */
  const runs = new Map(ready.map((contender) => [contender.name, []]));
  /** @type {Map<string, string>} */
  const faults = new Map();
  /** @type {{ name: string, result: unknown } | undefined} */
  let reference;
  for (let round = 1; round <= options.rounds; round++) {
    for (const contender of ready) {
      const { run, result } = await measure(contender);
      runs.get(contender.name)?.push(run);
      log(`  round ${round} ${contender.name}: ${shortRun(run)}`);
      const complete = contender.lacks === undefined && contender.knownFault === undefined;
      if (reference === undefined && complete) reference = { name: contender.name, result };
      if (reference === undefined) continue;
      const found = difference(result, reference.result, contender.lacks);
      if (found === undefined) continue;
      const fault = `${found} (of ${reference.name})`;
      if (contender.knownFault === undefined)
        throw new Error(`${contender.name} disagrees: ${fault}`);
      faults.set(contender.name, `${contender.knownFault}: ${fault}`);
    }
  }
  const medians = new Map([...runs].map(([name, list]) => [name, medianRun(list)]));
  return {
    bench: bench.name,
    method: bench.method,
    command: options.command,
    size: formatSize(options.size, bench.sizeUnit),
    slots: options.slots,
    rounds: options.rounds,
    baseline: bench.baseline,
    result: reference?.result,
    contenders: all.map((contender) => contenderReport(contender, runs, medians, faults)),
    plotsMemory: bench.plotsMemory ?? false,
    targets: bench.targets(options.slots, options.size).map(({ value: read, ...target }) => {
      const value = read(medians);
      if (value === undefined || Number.isNaN(value)) return target;
      return { ...target, value, met: isMet(value, target.bound, target.limit) };
    }),
  };
}

/**
 * @param {Contender | import('./types.d.ts').SkippedContender} contender
 * @param {ReadonlyMap<string, Run[]>} runs
 * @param {ReadonlyMap<string, Run>} medians
 * @param {ReadonlyMap<string, string>} faults
 * @returns {ContenderReport}
 */
function contenderReport(contender, runs, medians, faults) {
  const { name, title } = contender;
  if ('skipped' in contender) return { name, title, skipped: contender.skipped };
  const fault = faults.get(name);
  return {
    name,
    title,
    ...(fault === undefined ? {} : { fault }),
    median: medians.get(name),
    runs: runs.get(name),
  };
}

/**
 * @param {number} value
 * @param {'at most' | 'at least' | 'below'} bound
 * @param {number} limit
 * @returns {boolean}
 */
function isMet(value, bound, limit) {
  if (bound === 'at least') return value >= limit;
  return bound === 'below' ? value < limit : value <= limit;
}

/**
 * @param {Run} run
 * @returns {string}
 */
function shortRun(run) {
  const inner = Object.entries(run.metrics).map(([name, value]) => `${name} ${value.toFixed(2)}`);
  const whole =
    `wall ${(run.wallMs / 1000).toFixed(2)} s, cpu ${(run.cpuMs / 1000).toFixed(2)} s, ` +
    `peak ${Math.round(run.peakRssBytes / 1e6)} MB`;
  return [whole, ...inner].join(', ');
}
