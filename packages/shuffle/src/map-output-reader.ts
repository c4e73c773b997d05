import { type Block, openBlock } from '@firesteel/codec';
import type { MapOutput } from '@firesteel/plan';
import { CHUNK_ROWS, type Chunk } from './chunk.js';
import { FRAME_BYTES } from './map-output-writer.js';

/** What a reader moved, for the metrics of its task. */
export interface ReadTotals {
  rows: number;
  bytes: number;
}

/** The blocks of one reduce partition, in map partition order. */
export function* readBlocks(
  outputs: readonly MapOutput[],
  partition: number,
  totals: ReadTotals,
): Generator<Block> {
  for (const output of outputs) {
    const start = output.offsets[partition] as number;
    const end = output.offsets[partition + 1] as number;
    totals.bytes += end - start;
    for (let at = start; at < end; ) {
      const size = new Uint32Array(output.buffer, at, 1)[0] as number;
      const block = openBlock(new Uint8Array(output.buffer, at + FRAME_BYTES, size));
      totals.rows += block.rowCount;
      yield block;
      at += FRAME_BYTES + size;
    }
  }
}

/** The rows of blocks, a chunk at a time; pairs come as two columns. */
export function* chunksOf(blocks: Iterable<Block>): Generator<Chunk> {
  for (const { rowCount, root } of blocks) {
    for (let from = 0; from < rowCount; from += CHUNK_ROWS) {
      const to = Math.min(rowCount, from + CHUNK_ROWS);
      if (root.kind === 'tuple' && root.fields.length === 2 && root.nulls === undefined) {
        const [keys, values] = root.fields;
        if (keys === undefined || values === undefined) continue;
        yield {
          kind: 'pairs',
          keys: keys.toArray(from, to),
          values: values.kind === 'f64' && values.nulls === undefined ? values.values.subarray(from, to) : values.toArray(from, to),
          length: to - from,
        };
      } else yield { kind: 'rows', rows: root.toArray(from, to), from: 0, to: to - from };
    }
  }
}
