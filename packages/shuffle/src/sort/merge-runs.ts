import { type AsciiLinesBuilder, lineStrings } from '@firesteel/codec';
import { CHUNK_ROWS, type PairsChunk } from '../chunk.js';
import type { InputFrame } from '../files/input-frame.js';
import { chunkLines, LinePairs } from './line-pairs.js';
import type { Compare } from './order.js';
import { RunReader } from './run-reader.js';

/** The pairs of sorted runs in one order, by a heap of the runs. */
export function* mergedRuns(
  runs: readonly Iterable<InputFrame>[],
  order: Compare,
): Generator<PairsChunk> {
  const heap = runs.map((frames, run) => new RunReader(frames, run)).filter((run) => run.next());
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) sink(heap, i, order);
  const pairs = new MergedPairs();
  while (heap.length > 0) {
    const first = heap[0] as RunReader;
    pairs.add(first);
    if (pairs.length === CHUNK_ROWS) {
      yield pairs.chunk();
      pairs.clear();
    }
    if (!first.next()) {
      const last = heap.pop() as RunReader;
      if (heap.length > 0) heap[0] = last;
    }
    sink(heap, 0, order);
  }
  if (pairs.length > 0) yield pairs.chunk();
}

/** Collects a chunk of pairs: values that are ASCII as lines, as long as all of them are. */
class MergedPairs {
  private keys: unknown[] = [];
  private values: unknown[] | undefined;
  private readonly lines: AsciiLinesBuilder = chunkLines();

  get length(): number {
    return this.keys.length;
  }

  add(reader: RunReader): void {
    const { strings } = reader;
    this.keys.push(reader.key);
    if (this.values === undefined && strings !== undefined) {
      const from = strings.starts[reader.row] as number;
      this.lines.add(strings.view, from, (strings.starts[reader.row + 1] as number) - from);
      return;
    }
    this.values ??= lineStrings(this.lines);
    this.values.push(reader.value);
  }

  /** What was collected; until `clear`. */
  chunk(): PairsChunk {
    const { keys, values, lines } = this;
    return values === undefined
      ? new LinePairs(lines, () => keys)
      : { kind: 'pairs', keys, values, length: keys.length };
  }

  clear(): void {
    this.keys = [];
    this.values = undefined;
    this.lines.clear();
  }
}

/** Moves the reader at `at` down to its place. */
function sink(heap: RunReader[], at: number, order: Compare): void {
  const reader = heap[at];
  if (reader === undefined) return;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    let first = heap[child] as RunReader;
    const right = heap[child + 1];
    if (right !== undefined && precedes(right, first, order)) {
      first = right;
      child++;
    }
    if (!precedes(first, reader, order)) break;
    heap[at] = first;
    at = child;
  }
  heap[at] = reader;
}

function precedes(a: RunReader, b: RunReader, order: Compare): boolean {
  const difference = order(a.key, b.key);
  return difference < 0 || (difference === 0 && a.run < b.run);
}
