import type { BlockWriter } from '@firesteel/codec';
import type { MapOutput } from '@firesteel/plan';
import type { Framed } from './files/frames.js';
import { framesInMemory } from './files/input-frame.js';
import type { TaskSpace } from './files/task-space.js';
import { LineBuckets } from './line-buckets.js';
import { localBlock } from './map-output-blocks.js';
import { MapOutputWriter } from './map-output-writer.js';
import { OutputWriter } from './output-writer.js';

/**
 * The map output for readers that sort: rows of one key keep their order, others need not. So lines
 * with ASCII keys go to buckets, which are ranges of keys. Any other row ends that: what comes after
 * it goes to its partition behind them.
 */
export class SortedOutputWriter extends OutputWriter {
  private lines: LineBuckets;
  private readonly others: MapOutputWriter;
  private takesLines = true;

  /** @param partitions the partition of each bucket */
  constructor(
    numPartitions: number,
    space: TaskSpace,
    private readonly partitions: Uint32Array,
  ) {
    super(numPartitions, space);
    this.lines = new LineBuckets(numPartitions, partitions);
    this.others = new MapOutputWriter(numPartitions, space);
  }

  get memoryBytes(): number {
    return this.lines.memoryBytes + this.others.memoryBytes;
  }

  /** A pair with a value that is ASCII in memory. */
  appendAsciiPair(bucket: number, key: unknown, view: DataView, at: number, length: number): void {
    if (
      this.takesLines &&
      typeof key === 'string' &&
      this.lines.append(bucket, key, view, at, length)
    )
      return;
    this.takesLines = false;
    this.others.appendAsciiPair(this.partitions[bucket] as number, key, view, at, length);
  }

  appendPair(bucket: number, key: unknown, value: unknown): void {
    this.takesLines = false;
    this.others.appendPair(this.partitions[bucket] as number, key, value);
  }

  appendNumbersTo(bucket: number, key: number, value: number): void {
    this.takesLines = false;
    this.others.appendNumbersTo(this.partitions[bucket] as number, key, value);
  }

  override finish(shuffleId: number, mapPartition: number): MapOutput {
    return this.finishLines(shuffleId, mapPartition) ?? super.finish(shuffleId, mapPartition);
  }

  /** An output of nothing but lines needs no blocks before those that it consists of. */
  private finishLines(shuffleId: number, mapPartition: number): MapOutput | undefined {
    if (!this.takesLines || this.hasSpilled || this.space.keepsOutputsOnDisk) return undefined;
    const { memory } = this.space;
    const output = this.lines.output(shuffleId, mapPartition, (bytes) =>
      memory.acquireOutput(bytes),
    );
    if (output !== undefined) this.consumer.release();
    return output;
  }

  *takeBlocks(): Generator<Iterable<Framed<BlockWriter>>> {
    const { lines, others } = this;
    const output = lines.output(0, 0, () => true) as MapOutput;
    this.lines = new LineBuckets(this.numPartitions, this.partitions);
    const otherBlocks = others.takeBlocks();
    for (let p = 0; p < this.numPartitions; p++)
      yield [...storedBlocks(output, p), ...(otherBlocks[p] as Framed<BlockWriter>[])];
  }
}

function* storedBlocks(output: MapOutput, partition: number): Generator<Framed<BlockWriter>> {
  for (const frame of framesInMemory(localBlock(output, partition) as Uint8Array, false)) {
    const { bucket, rowCount, blockBytes } = frame.header;
    const block: BlockWriter = {
      rowCount,
      sizeBytes: () => blockBytes,
      writeTo: (target, at) => {
        target.set(frame.stored(), at);
        return blockBytes;
      },
    };
    yield { block, bucket };
  }
}
