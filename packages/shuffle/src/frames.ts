import { type Block, type BlockWriter, openBlock } from '@firesteel/codec';
import type { MapOutput } from '@firesteel/plan';

/**
 * Bytes before each block of a map output: its length as uint32, then as another its bucket plus
 * one, or zero for a block that belongs to none. Blocks stay 8-aligned.
 */
const FRAME_BYTES = 8;

/** A block of a partition; in a bucketed output `bucket` is set, and one key is in one bucket. */
export interface Framed<B> {
  readonly block: B;
  readonly bucket: number | undefined;
}

/** Writes blocks, partition after partition, to one shared buffer. */
export function writeFrames(
  shuffleId: number,
  mapPartition: number,
  partitions: readonly (readonly Framed<BlockWriter>[])[],
): MapOutput {
  const offsets = new Float64Array(partitions.length + 1);
  const sizes = partitions.map((frames) => frames.map(({ block }) => block.sizeBytes()));
  let at = 0;
  for (let p = 0; p < partitions.length; p++) {
    for (const size of sizes[p] as number[]) at += FRAME_BYTES + size;
    offsets[p + 1] = at;
  }
  const buffer = new SharedArrayBuffer(at);
  const bytes = new Uint8Array(buffer);
  const words = new Uint32Array(buffer);
  let rowCount = 0;
  at = 0;
  for (let p = 0; p < partitions.length; p++)
    for (const [i, { block, bucket }] of (partitions[p] as Framed<BlockWriter>[]).entries()) {
      const size = (sizes[p] as number[])[i] as number;
      words[at / 4] = size;
      words[at / 4 + 1] = bucket === undefined ? 0 : bucket + 1;
      block.writeTo(bytes, at + FRAME_BYTES);
      at += FRAME_BYTES + size;
      rowCount += block.rowCount;
    }
  return { shuffleId, mapPartition, location: { kind: 'memory', buffer }, offsets, rowCount };
}

/** The blocks in what one map output holds for a reduce partition, in their order. */
export function* framesOf(bytes: Uint8Array): Generator<Framed<Block>> {
  for (let at = 0; at < bytes.length; ) {
    const start = bytes.byteOffset + at;
    const words = new Uint32Array(bytes.buffer, start, 2);
    const size = words[0] as number;
    const tag = words[1] as number;
    const block = openBlock(new Uint8Array(bytes.buffer, start + FRAME_BYTES, size));
    yield { block, bucket: tag === 0 ? undefined : tag - 1 };
    at += FRAME_BYTES + size;
  }
}
