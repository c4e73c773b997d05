import type { BlockWriter } from '@firesteel/codec';
import type { MapOutput } from '@firesteel/plan';
import type { MemoryConsumer } from '@firesteel/storage';
import type { Framed } from './files/frames.js';
import { framesInMemory, type InputFrame } from './files/input-frame.js';
import type { SpillFile } from './files/spill-file.js';
import type { TaskSpace } from './files/task-space.js';
import { localBlock } from './map-output-blocks.js';
import { memoryBytesOf, writeFrames } from './memory-output.js';

/** The blocks of each partition, in the order of their rows. */
export type PartitionBlocks = Iterable<Iterable<Framed<BlockWriter>>>;

const PARTITIONS_PER_CHUNK = 16;

/**
 * Takes the rows of one map task. What is too much for the memory of the task goes to a spill file,
 * run by run; the output stays in memory if nothing did and there is room for it, else it is
 * written to a file of its own, partition by partition.
 */
export abstract class OutputWriter {
  protected readonly consumer: MemoryConsumer;
  /** Summing up the memory of many partitions is not for each chunk. */
  private readonly chunksPerCheck: number;
  private uncheckedChunks = 0;
  private spill: SpillFile | undefined;

  constructor(
    readonly numPartitions: number,
    protected readonly space: TaskSpace,
  ) {
    this.consumer = space.memory.consumer();
    this.chunksPerCheck = Math.ceil(numPartitions / PARTITIONS_PER_CHUNK);
  }

  protected get hasSpilled(): boolean {
    return this.spill !== undefined;
  }

  /** About what the writer needs to write the rows that it holds. */
  protected abstract readonly memoryBytes: number;

  /** The rows so far, as blocks; afterwards there are none. */
  protected abstract takeBlocks(): PartitionBlocks;

  /** Makes room where it must. Called after each chunk of rows. */
  checkMemory(): void {
    if (++this.uncheckedChunks < this.chunksPerCheck) return;
    this.uncheckedChunks = 0;
    const { memoryBytes } = this;
    if (!this.consumer.holds(memoryBytes)) this.spillRows(memoryBytes);
  }

  private spillRows(memoryBytes: number): void {
    this.spill ??= this.space.openSpill();
    this.space.memory.noteSpill(memoryBytes, 0);
    this.spill.writeRun(this.takeBlocks());
    this.consumer.release();
  }

  /**
   * Ends a writer whose blocks are read by the same task, for each partition. They take its memory, or
   * a file, until `discard`.
   */
  finishInput(): Iterable<InputFrame>[] {
    if (this.spill === undefined) {
      // What the writer holds stands for the blocks that are made of it.
      const partitions = Array.from(this.takeBlocks(), (blocks) => [...blocks]);
      const output = writeFrames(0, 0, partitions);
      return partitions.map((_, p) => framesInMemory(localBlock(output, p) as Uint8Array, false));
    }
    this.spillRows(this.memoryBytes);
    const { spill } = this;
    return Array.from({ length: this.numPartitions }, (_, p) => spill.frames(p));
  }

  /** Gives back what `finishInput` has left for its readers. */
  discard(): void {
    this.spill?.discard();
    this.consumer.release();
  }

  /** @throws FiresteelError LOCAL_DISK_FAILED, UNSUPPORTED_VALUE; no output is left then */
  finish(shuffleId: number, mapPartition: number): MapOutput {
    const partitions = Array.from(this.takeBlocks(), (blocks) => [...blocks]);
    const output = this.finishInMemory(shuffleId, mapPartition, partitions);
    if (output !== undefined) return output;
    const written = this.writeFile(shuffleId, mapPartition, partitions);
    this.consumer.release();
    return written;
  }

  private finishInMemory(
    shuffleId: number,
    mapPartition: number,
    partitions: readonly (readonly Framed<BlockWriter>[])[],
  ): MapOutput | undefined {
    if (this.spill !== undefined || this.space.keepsOutputsOnDisk) return undefined;
    if (!this.space.memory.acquireOutput(memoryBytesOf(partitions))) return undefined;
    const output = writeFrames(shuffleId, mapPartition, partitions);
    this.consumer.release();
    return output;
  }

  private writeFile(
    shuffleId: number,
    mapPartition: number,
    partitions: readonly (readonly Framed<BlockWriter>[])[],
  ): MapOutput {
    const file = this.space.openMapOutput(shuffleId, mapPartition);
    try {
      for (const [p, blocks] of partitions.entries()) {
        this.spill?.copyTo(file.blocks, p);
        for (const framed of blocks) file.blocks.append(framed);
        file.endPartition();
      }
      const rowCount = (this.spill?.rowCount ?? 0) + rowsOf(partitions);
      const { path, offsets } = file.commit(rowCount);
      return { shuffleId, mapPartition, location: { kind: 'file', path }, offsets, rowCount };
    } catch (error) {
      file.discard();
      throw error;
    }
  }
}

function rowsOf(partitions: readonly (readonly Framed<BlockWriter>[])[]): number {
  let rows = 0;
  for (const blocks of partitions) for (const { block } of blocks) rows += block.rowCount;
  return rows;
}
