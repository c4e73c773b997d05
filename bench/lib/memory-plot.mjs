/** @import { BenchReport } from './types.d.ts' */

const COLUMNS = 72;
const bars = ' ▁▂▃▄▅▆▇█';

/**
 * The largest of the values that fall into each column of a plot.
 *
 * @param {readonly number[]} values at equal distances in time
 * @returns {number[]} `COLUMNS` at most
 */
export function columnsOf(values) {
  const columns = Math.min(COLUMNS, values.length);
  return Array.from({ length: columns }, (_, c) => {
    const from = Math.floor((c * values.length) / columns);
    const to = Math.floor(((c + 1) * values.length) / columns);
    return Math.max(...values.slice(from, to));
  });
}

/**
 * The memory of each contender from its beginning to its end, all in one scale.
 *
 * @param {BenchReport} report
 * @returns {string[]}
 */
export function memoryPlot({ contenders }) {
  const plotted = contenders.flatMap(({ name, median }) =>
    median === undefined ? [] : [{ name, ...median }],
  );
  const top = Math.max(1, ...plotted.flatMap(({ rssBytes }) => rssBytes));
  const width = Math.max(0, ...plotted.map(({ name }) => name.length));
  return plotted.map(({ name, rssBytes, wallMs, peakRssBytes }) => {
    const plot = rssBytes.map((bytes) => bars[Math.round((8 * bytes) / top)]).join('');
    const text = `${(peakRssBytes / 1e6).toFixed(0)} MB at most in ${(wallMs / 1000).toFixed(1)} s`;
    return `${name.padEnd(width)} ${plot.padEnd(COLUMNS)} ${text}`;
  });
}
