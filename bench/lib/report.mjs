// Turns files written by `npm run bench -- … --json file` into RESULTS.md:
//   node bench/lib/report.mjs a.json b.json > bench/RESULTS.md
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { contenderRows, markdownTable, metricRows, remarks, targetRows } from './format.mjs';
import { memoryPlot } from './memory-plot.mjs';
import { program } from './paths.mjs';

/** @import { BenchReport, ReportFile } from './types.d.ts' */

const introduction = `# Bench results

Written by \`node bench/lib/report.mjs\` from the files of \`npm run bench -- <bench> --json <file>\`.
Programs of one bench run in turn, round after round, as processes of their own; numbers are
medians. CPU is user and system time of all their processes and threads. Beside a missed target
stands the profile that explains it.`;

/**
 * @param {readonly ReportFile[]} files
 * @returns {string}
 */
export function markdownReport(files) {
  const targets = files.flatMap(({ benches }) => benches.flatMap(targetCells));
  const head = ['bench', 'target', 'wanted', 'measured', ''];
  const lines = [introduction, '', '## Targets', '', ...markdownTable([head, ...targets]), ''];
  let machine = '';
  for (const file of files) {
    const described = [
      `Measured on ${file.date.slice(0, 10)}.`,
      '',
      ...Object.entries(file.machine).map(([what, text]) => `- ${what}: ${text}`),
      '',
    ];
    // Files of one session share the section.
    if (described.join() !== machine) lines.push('## Machine and versions', '', ...described);
    machine = described.join();
    for (const bench of file.benches) lines.push(...benchSection(bench));
  }
  return lines.join('\n').trimEnd();
}

/**
 * @param {BenchReport} report
 * @returns {string[][]}
 */
function targetCells(report) {
  const profile = `profiles/${report.bench}.md`;
  const link = existsSync(program(profile)) ? `, [profile](${profile})` : '';
  return targetRows(report)
    .slice(1)
    .map((row) => [
      report.bench,
      ...row.map((cell) => (cell === 'missed' ? `**missed**${link}` : cell)),
    ]);
}

/**
 * @param {BenchReport} report
 * @returns {string[]}
 */
function benchSection(report) {
  const metrics = metricRows(report);
  const lines = [
    `## ${report.bench}`,
    '',
    `\`${report.command}\``,
    '',
    `${report.method}. Size ${report.size}, ${report.rounds} rounds, ratios to ${report.baseline}.`,
    '',
    ...markdownTable(contenderRows(report)),
    '',
  ];
  if (metrics.length > 0)
    lines.push('Measured inside the processes:', '', ...markdownTable(metrics), '');
  if (report.plotsMemory)
    lines.push('Memory over time:', '', '```', ...memoryPlot(report), '```', '');
  for (const remark of remarks(report)) lines.push(`- ${remark}`, '');
  return lines;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const paths = process.argv.slice(2);
  if (paths.length === 0) {
    console.error('usage: node bench/lib/report.mjs <results.json> …');
    process.exitCode = 2;
  } else {
    console.log(markdownReport(paths.map((path) => JSON.parse(readFileSync(path, 'utf8')))));
  }
}
