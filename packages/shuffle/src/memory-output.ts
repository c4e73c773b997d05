import type { BlockWriter } from '@firesteel/codec';
import type { MapOutput } from '@firesteel/plan';
import { FRAME_HEADER_BYTES, type Framed, frameBytes, writeFrameHeader } from './files/frames.js';

type Partitions = readonly (readonly Framed<BlockWriter>[])[];

/** What `writeFrames` is going to need. */
export function memoryBytesOf(partitions: Partitions): number {
  let bytes = 0;
  for (const frames of partitions)
    for (const { block } of frames) bytes += frameBytes({ storedBytes: block.sizeBytes() });
  return bytes;
}

/** Writes blocks, partition after partition, to one shared buffer. */
export function writeFrames(
  shuffleId: number,
  mapPartition: number,
  partitions: Partitions,
): MapOutput {
  const offsets = new Float64Array(partitions.length + 1);
  const sizes = partitions.map((frames) => frames.map(({ block }) => block.sizeBytes()));
  let at = 0;
  for (let p = 0; p < partitions.length; p++) {
    for (const storedBytes of sizes[p] as number[]) at += frameBytes({ storedBytes });
    offsets[p + 1] = at;
  }
  const buffer = new SharedArrayBuffer(at);
  const bytes = new Uint8Array(buffer);
  const view = new DataView(buffer);
  let rowCount = 0;
  at = 0;
  for (let p = 0; p < partitions.length; p++)
    for (const [i, { block, bucket }] of (partitions[p] as Framed<BlockWriter>[]).entries()) {
      const storedBytes = (sizes[p] as number[])[i] as number;
      const header = {
        storedBytes,
        blockBytes: storedBytes,
        rowCount: block.rowCount,
        bucket,
        compression: 'none',
        checksum: undefined,
      } as const;
      writeFrameHeader(view, at, header);
      block.writeTo(bytes, at + FRAME_HEADER_BYTES);
      at += frameBytes(header);
      rowCount += block.rowCount;
    }
  return { shuffleId, mapPartition, location: { kind: 'memory', buffer }, offsets, rowCount };
}
