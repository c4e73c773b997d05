import { type AsciiLines, BlockBuilder, compareKeys } from '@firesteel/codec';
import { FiresteelError } from '@firesteel/common';
import type { MemoryConsumer } from '@firesteel/storage';
import type { PairsChunk } from '../chunk.js';
import type { InputFrame } from '../files/input-frame.js';
import type { SpillFile } from '../files/spill-file.js';
import type { TaskSpace } from '../files/task-space.js';
import { mergedRuns } from './merge-runs.js';
import type { Compare } from './order.js';
import { chunkMemory, SortRows } from './sort-rows.js';

/** Runs that are merged at a time, each with a block in memory. */
const MAX_MERGED_RUNS = 32;
const MAX_RUN_BLOCK_BYTES = 1 << 18;
const MIN_RUN_BLOCK_BYTES = 1 << 12;

/**
 * Sorts pairs by their keys, stably; descending reverses the order of unequal keys only. When there
 * is no memory for more rows, those that are there are sorted and written as a run; in the end the
 * runs are merged, in several passes if there are many.
 */
export class ExternalSorter {
  private readonly chunks = chunkMemory();
  private rows = new SortRows(this.chunks);
  private readonly memory: MemoryConsumer;
  private readonly blockBytes: number;
  private runs: SpillFile | undefined;

  /** @param compare the user's order; without it the canonical one */
  constructor(
    private readonly space: TaskSpace,
    private readonly ascending: boolean,
    private readonly compare: Compare | undefined,
  ) {
    this.memory = space.memory.consumer();
    const part = space.memory.workingBytes / MAX_MERGED_RUNS;
    this.blockBytes = Math.max(MIN_RUN_BLOCK_BYTES, Math.min(MAX_RUN_BLOCK_BYTES, part));
  }

  /** Adds the pairs of a block. */
  addFrame(frame: InputFrame): void {
    if (!this.rows.addBlock(frame.open(), frame.header.blockBytes))
      throw new FiresteelError('INTERNAL', 'A block to be sorted has rows that are no pairs.');
    this.checkMemory();
  }

  /** Adds live pairs. */
  addPairs(pairs: PairsChunk): void {
    this.rows.addPairs(pairs);
    this.checkMemory();
  }

  /** @throws FiresteelError LOCAL_DISK_FAILED, UNSUPPORTED_VALUE for live rows that must be spilled */
  *sorted(): Generator<PairsChunk> {
    const { compare, ascending } = this;
    if (this.runs === undefined) {
      yield* this.rows.sorted(ascending, compare);
      return;
    }
    if (this.rows.length > 0) this.spill();
    const order = this.keyOrder();
    let runs = this.runs;
    while (runs.runCount > MAX_MERGED_RUNS) runs = this.mergePass(runs, order);
    yield* mergedRuns(runsOf(runs, 0, runs.runCount), order);
  }

  /** Back to no rows. */
  clear(): void {
    this.runs?.discard();
    this.runs = undefined;
    this.rows = new SortRows(this.chunks);
    this.memory.release();
  }

  private checkMemory(): void {
    if (!this.memory.holds(this.rows.memoryBytes)) this.spill();
  }

  private spill(): void {
    this.runs ??= this.space.openSpill();
    this.space.memory.noteSpill(this.rows.memoryBytes, 0);
    this.runs.writeRun([this.blocksOf(this.rows.sorted(this.ascending, this.compare))]);
    this.rows = new SortRows(this.chunks);
    this.memory.release();
  }

  /** Small blocks, so that those of many runs fit memory together. */
  private *blocksOf(chunks: Iterable<PairsChunk>) {
    let block = new BlockBuilder();
    for (const chunk of chunks) {
      const { keys, lines, length } = chunk;
      const values = lines === undefined ? chunk.values : [];
      for (let i = 0; i < length; i++) {
        if (lines === undefined) block.appendPair(keys[i], values[i]);
        else appendLine(block, keys[i], lines, i);
        if (block.rowCount % ROWS_PER_CHECK !== 0 || block.memoryBytes < this.blockBytes) continue;
        yield { block, bucket: undefined };
        block = new BlockBuilder();
      }
    }
    if (block.rowCount > 0) yield { block, bucket: undefined };
  }

  /** Merges groups of runs to longer ones. */
  private mergePass(runs: SpillFile, order: Compare): SpillFile {
    const merged = this.space.openSpill();
    for (let from = 0; from < runs.runCount; from += MAX_MERGED_RUNS) {
      const to = Math.min(runs.runCount, from + MAX_MERGED_RUNS);
      merged.writeRun([this.blocksOf(mergedRuns(runsOf(runs, from, to), order))]);
    }
    runs.discard();
    return merged;
  }

  private keyOrder(): Compare {
    const compare = this.compare ?? compareKeys;
    return this.ascending ? compare : (a, b) => compare(b, a);
  }
}

const ROWS_PER_CHECK = 64;

function appendLine(
  block: BlockBuilder,
  key: unknown,
  { view, starts }: AsciiLines,
  row: number,
): void {
  const from = starts[row] as number;
  block.appendAsciiPair(key, view, from, (starts[row + 1] as number) - 1 - from);
}

function runsOf(file: SpillFile, from: number, to: number): Iterable<InputFrame>[] {
  return Array.from({ length: to - from }, (_, i) => file.framesOfRun(from + i, 0));
}
