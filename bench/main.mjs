// npm run bench -- <bench…> [options]; see --help.
import { writeFileSync } from 'node:fs';
import { didYouMean } from '@firesteel/common';
import { benches, groups } from './benches.mjs';
import { parseArguments, UsageError } from './lib/arguments.mjs';
import { alignedTable, contenderRows, metricRows, remarks, targetRows } from './lib/format.mjs';
import { describeMachine } from './lib/machine.mjs';
import { memoryPlot } from './lib/memory-plot.mjs';
import { runBench } from './lib/run-bench.mjs';
import { formatSize, parseSize } from './lib/sizes.mjs';

/** @import { CommandLine } from './lib/arguments.mjs' */
/** @import { BenchDefinition, BenchReport, ReportFile } from './lib/types.d.ts' */

try {
  const line = parseArguments(process.argv.slice(2));
  if (line.help || line.names.length === 0) console.log(help());
  else await run(line);
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

/** @param {CommandLine} line */
async function run(line) {
  const only = line.only;
  const named = choose(line.names);
  if (only !== undefined) checkContenders(only, named, line.slots);
  const chosen = named.filter(
    (bench) => only === undefined || bench.contenderNames(line.slots).some((n) => only.includes(n)),
  );
  // Sizes are read before anything runs, so that a mistake costs no time.
  const sizes = chosen.map((bench) => sizeOf(bench, line.size));
  /** @type {BenchReport[]} */
  const reports = [];
  for (const [i, bench] of chosen.entries()) {
    const size = sizes[i];
    const rounds = line.rounds ?? bench.defaultRounds;
    console.log(`${bench.name}: ${bench.summary} (${formatSize(size, bench.sizeUnit)})`);
    const report = await runBench(
      bench,
      {
        size,
        rounds,
        slots: line.slots,
        install: line.install,
        wants: (name) => only === undefined || only.includes(name),
        command: commandOf(bench, line),
      },
      (text) => console.log(text),
    );
    print(report);
    reports.push(report);
  }
  if (line.json !== undefined) {
    /** @type {ReportFile} */
    const file = { date: new Date().toISOString(), machine: describeMachine(), benches: reports };
    writeFileSync(line.json, `${JSON.stringify(file, null, 2)}\n`);
  }
}

/**
 * @param {readonly string[]} names of benches and groups
 * @returns {BenchDefinition[]}
 */
function choose(names) {
  const chosen = names.flatMap((name) => {
    const found = groups.get(name) ?? benches.filter((bench) => bench.name === name);
    if (found.length === 0) {
      const known = [...groups.keys(), ...benches.map((bench) => bench.name)];
      throw new UsageError(`there is no bench ${name}.${didYouMean(name, known)} See --help.`);
    }
    return found;
  });
  return [...new Set(chosen)];
}

/**
 * @param {readonly string[]} only
 * @param {readonly BenchDefinition[]} chosen
 * @param {number} slots
 */
function checkContenders(only, chosen, slots) {
  const known = chosen.flatMap((bench) => bench.contenderNames(slots));
  for (const name of only) {
    if (!known.includes(name))
      throw new UsageError(
        `--only: there is no contender ${name}.${didYouMean(name, known)} ` +
          `There are ${[...new Set(known)].join(', ')}.`,
      );
  }
}

/**
 * @param {BenchDefinition} bench
 * @param {string | undefined} text
 * @returns {number}
 */
function sizeOf(bench, text) {
  if (text === undefined) return bench.defaultSize;
  try {
    return parseSize(text, bench.sizeUnit);
  } catch (error) {
    throw new UsageError(`${bench.name}: ${/** @type {Error} */ (error).message}`);
  }
}

/**
 * What repeats the measurement of one bench.
 *
 * @param {BenchDefinition} bench
 * @param {CommandLine} line
 * @returns {string}
 */
function commandOf(bench, line) {
  const words = ['npm run bench --', bench.name];
  if (line.size !== undefined) words.push(`--size ${line.size}`);
  if (line.rounds !== undefined) words.push(`--rounds ${line.rounds}`);
  if (line.slots !== 2) words.push(`--slots ${line.slots}`);
  if (line.only !== undefined) words.push(`--only ${line.only.join(',')}`);
  return words.join(' ');
}

/** @param {BenchReport} report */
function print(report) {
  const tables = [contenderRows(report), metricRows(report), targetRows(report)];
  for (const rows of tables) {
    if (rows.length > 1) console.log(`\n${alignedTable(rows).join('\n')}`);
  }
  if (report.plotsMemory) console.log(`\n${memoryPlot(report).join('\n')}`);
  for (const remark of remarks(report)) console.log(`\nnote: ${remark}`);
  console.log('');
}

/** @returns {string} */
function help() {
  const rows = benches.map((bench) => [
    `  ${bench.name}`,
    formatSize(bench.defaultSize, bench.sizeUnit),
    `${bench.defaultRounds} rounds`,
    bench.summary,
  ]);
  const width = Math.max(...rows.map(([name = '']) => name.length));
  return `usage: npm run bench -- <bench…> [options]

Runs programs that do the same job side by side, each as processes of its own, in interleaved
rounds, and prints medians, ratios and the targets that they are held to. Programs must agree on
the result.

benches (default size, default rounds):
${rows.map(([name = '', ...rest]) => `${name.padEnd(width)}  ${rest.join(', ')}`).join('\n')}
  ${[...groups.keys()].join(', ')}: groups of these

options:
  --size <n>      text in bytes (20mb, 300mb), or rows (500k, 20m)
  --rounds <n>    how often each program runs
  --slots <n>     threads of the parallel programs, 2 when not given
  --only <a,b>    only these contenders
  --json <file>   writes everything measured; bench/lib/report.mjs makes Markdown of it
  --install       fetches rivals that are missing from their package registries
  --help          this text`;
}
