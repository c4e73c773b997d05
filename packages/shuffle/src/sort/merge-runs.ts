import { CHUNK_ROWS, type PairsChunk } from '../chunk.js';
import type { InputFrame } from '../files/input-frame.js';
import { pairChunksOf } from '../map-output-reader.js';
import type { Compare } from './order.js';

/** The pairs of one run, of which the next one is in front. */
class RunReader {
  key: unknown;
  value: unknown;
  private readonly chunks: Iterator<PairsChunk>;
  private chunk: PairsChunk | undefined;
  private at = 0;

  constructor(
    frames: Iterable<InputFrame>,
    /** Equal keys of earlier runs come first. */
    readonly run: number,
  ) {
    this.chunks = chunksOfRun(frames);
  }

  /** False at the end of the run. */
  next(): boolean {
    if (this.chunk === undefined || this.at === this.chunk.length) {
      const next = this.chunks.next();
      if (next.done === true) return false;
      this.chunk = next.value;
      this.at = 0;
    }
    const { keys, values } = this.chunk;
    this.key = keys[this.at];
    this.value = values[this.at++];
    return true;
  }
}

function* chunksOfRun(frames: Iterable<InputFrame>): Generator<PairsChunk> {
  for (const frame of frames) yield* pairChunksOf(frame.open());
}

/** The pairs of sorted runs in one order, by a heap of the runs. */
export function* mergedRuns(
  runs: readonly Iterable<InputFrame>[],
  order: Compare,
): Generator<PairsChunk> {
  const heap = runs.map((frames, run) => new RunReader(frames, run)).filter((run) => run.next());
  for (let i = (heap.length >> 1) - 1; i >= 0; i--) sink(heap, i, order);
  let keys: unknown[] = [];
  let values: unknown[] = [];
  while (heap.length > 0) {
    const first = heap[0] as RunReader;
    keys.push(first.key);
    values.push(first.value);
    if (keys.length === CHUNK_ROWS) {
      yield { kind: 'pairs', keys, values, length: keys.length };
      keys = [];
      values = [];
    }
    if (!first.next()) {
      const last = heap.pop() as RunReader;
      if (heap.length > 0) heap[0] = last;
    }
    sink(heap, 0, order);
  }
  if (keys.length > 0) yield { kind: 'pairs', keys, values, length: keys.length };
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
