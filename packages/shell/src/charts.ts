import type { Histogram, StatCounter } from '@firesteel/rdd';

const barWidth = 40;
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A histogram as one bar for each bucket, the fullest one `barWidth` characters long. */
export function histogramChart({ buckets, counts }: Histogram): string {
  const largest = Math.max(...counts, 1);
  const edges = buckets.map(numberText);
  const edgeWidth = Math.max(...edges.map((edge) => edge.length));
  const countWidth = Math.max(...counts.map((count) => numberText(count).length));
  return counts
    .map((count, at) => {
      const isLast = at === counts.length - 1;
      const [from = '', to = ''] = [edges[at], edges[at + 1]].map((edge) =>
        edge?.padStart(edgeWidth),
      );
      const range = `[${from}, ${to}${isLast ? ']' : ')'}`;
      return `${range}  ${numberText(count).padStart(countWidth)}  ${bar(count / largest)}`.trimEnd();
    })
    .join('\n');
}

function bar(share: number): string {
  const steps = Math.round(share * barWidth * 8);
  const text = '█'.repeat(Math.floor(steps / 8)) + (eighths[steps % 8] ?? '');
  // What is there at all is seen.
  return text === '' && share > 0 ? '▏' : text;
}

/** A description of numbers, with a line on which their smallest, mean ± deviation and largest lie. */
export function statisticsChart(stats: StatCounter): string {
  const { count, sum, mean, min, max, stdev } = stats;
  const figures = Object.entries({ count, sum, mean, stdev, min, max })
    .map(([name, value]) => `${name} ${numberText(value)}`)
    .join('   ');
  if (!(max > min) || !Number.isFinite(max - min)) return figures;
  const place = (value: number) =>
    Math.max(0, Math.min(barWidth - 1, Math.round(((value - min) / (max - min)) * (barWidth - 1))));
  const [low, middle, high] = [place(mean - stdev), place(mean), place(mean + stdev)];
  const line = Array.from({ length: barWidth }, (_, at) => {
    if (at === middle) return '┃';
    return at >= low && at <= high ? '━' : '─';
  }).join('');
  return `${figures}\n${numberText(min)} ├${line}┤ ${numberText(max)}`;
}

function numberText(value: number): string {
  return Number.isInteger(value)
    ? value.toLocaleString('en-US', { maximumFractionDigits: 0 })
    : String(Number(value.toPrecision(6)));
}
