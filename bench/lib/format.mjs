/** @import { BenchReport, Run, TargetReport } from './types.d.ts' */

/**
 * Rows of cells as lines with aligned columns, for a terminal.
 *
 * @param {readonly (readonly string[])[]} rows the first is the head
 * @returns {string[]}
 */
export function alignedTable(rows) {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

/**
 * Rows of cells as a Markdown table, columns of numbers to the right.
 *
 * @param {readonly (readonly string[])[]} rows the first is the head
 * @returns {string[]}
 */
export function markdownTable(rows) {
  const lines = rows.map((row) => `| ${row.join(' | ')} |`);
  const rule = (rows[0] ?? []).map((_, column) =>
    rows.slice(1).every((row) => /^[-\d.]*$/.test(row[column])) ? '---:' : '---',
  );
  return [...lines.slice(0, 1), `| ${rule.join(' | ')} |`, ...lines.slice(1)];
}

/**
 * What was measured, a row per contender.
 *
 * @param {BenchReport} report
 * @returns {string[][]}
 */
export function contenderRows({ contenders, baseline }) {
  const base = contenders.find((contender) => contender.name === baseline)?.median;
  return [
    ['contender', 'wall s', 'CPU s', 'peak MB', 'wall ×', 'CPU ×'],
    ...contenders.flatMap(({ name, median }) =>
      median === undefined ? [] : [[name, ...runCells(median), ...ratioCells(median, base)]],
    ),
  ];
}

/**
 * What the programs measured inside themselves, a row per contender; empty when none did.
 *
 * @param {BenchReport} report
 * @returns {string[][]}
 */
export function metricRows({ contenders }) {
  const names = [
    ...new Set(contenders.flatMap(({ median }) => Object.keys(median?.metrics ?? {}))),
  ];
  if (names.length === 0) return [];
  return [
    ['contender', ...names],
    ...contenders.flatMap(({ name, median }) =>
      median === undefined ? [] : [[name, ...names.map((key) => shortNumber(median.metrics[key]))]],
    ),
  ];
}

/**
 * @param {BenchReport} report
 * @returns {string[][]} a row per target
 */
export function targetRows({ targets }) {
  return [
    ['target', 'wanted', 'measured', ''],
    ...targets.map((target) => [
      target.text,
      `${target.bound} ${target.limit} ${target.unit}`,
      target.value === undefined ? 'not measured' : `${shortNumber(target.value)} ${target.unit}`,
      verdict(target),
    ]),
  ];
}

/**
 * Contenders that did not run, or whose results are wrong in a known way.
 *
 * @param {BenchReport} report
 * @returns {string[]}
 */
export function remarks({ contenders }) {
  return contenders.flatMap(({ name, skipped, fault }) => {
    if (skipped !== undefined) return [`${name} was skipped: ${skipped}`];
    return fault === undefined ? [] : [`${name}: ${fault}`];
  });
}

/**
 * @param {TargetReport} target
 * @returns {string}
 */
function verdict({ met }) {
  if (met === undefined) return '';
  return met ? 'met' : 'missed';
}

/**
 * @param {Run} run
 * @returns {string[]}
 */
function runCells(run) {
  return [
    (run.wallMs / 1000).toFixed(2),
    (run.cpuMs / 1000).toFixed(2),
    (run.peakRssBytes / 1e6).toFixed(0),
  ];
}

/**
 * @param {Run} run
 * @param {Run | undefined} base
 * @returns {string[]}
 */
function ratioCells(run, base) {
  if (base === undefined) return ['', ''];
  return [(run.wallMs / base.wallMs).toFixed(2), (run.cpuMs / base.cpuMs).toFixed(2)];
}

/**
 * Three significant digits.
 *
 * @param {number | undefined} value
 * @returns {string}
 */
function shortNumber(value) {
  if (value === undefined) return '';
  return Math.abs(value) >= 100 ? value.toFixed(0) : `${Number(value.toPrecision(3))}`;
}
