import { type Block, type Column, openBlock } from '@firesteel/codec';
import { CHUNK_ROWS, type Chunk, type Latin1PairsChunk } from './chunk.js';
import { FRAME_BYTES } from './map-output-writer.js';

/** What a reader moved, for the metrics of its task. */
export interface ReadTotals {
  rows: number;
  bytes: number;
}

/** Opens the blocks that map outputs hold for one reduce partition, in the order of the outputs. */
export function* readBlocks(outputs: Iterable<Uint8Array>, totals: ReadTotals): Generator<Block> {
  for (const bytes of outputs) {
    totals.bytes += bytes.length;
    for (let at = 0; at < bytes.length; ) {
      const size = new Uint32Array(bytes.buffer, bytes.byteOffset + at, 1)[0] as number;
      const start = bytes.byteOffset + at + FRAME_BYTES;
      const block = openBlock(new Uint8Array(bytes.buffer, start, size));
      totals.rows += block.rowCount;
      yield block;
      at += FRAME_BYTES + size;
    }
  }
}

/** The rows of blocks, a chunk at a time; pairs come as two columns. */
export function* chunksOf(blocks: Iterable<Block>): Generator<Chunk> {
  for (const { rowCount, root } of blocks) {
    const pair = pairColumns(root);
    for (let from = 0; from < rowCount; from += CHUNK_ROWS) {
      const to = Math.min(rowCount, from + CHUNK_ROWS);
      if (pair === undefined)
        yield { kind: 'rows', rows: root.toArray(from, to), from: 0, to: to - from };
      else {
        const keys = pair.keys.toArray(from, to);
        yield { kind: 'pairs', keys, values: pair.values.slice(from, to), length: to - from };
      }
    }
  }
}

/** The rows of blocks for a loop that combines them: latin1 keys stay bytes. */
export function* combineChunksOf(blocks: Iterable<Block>): Generator<Chunk | Latin1PairsChunk> {
  for (const block of blocks) {
    const pair = pairColumns(block.root);
    if (pair?.keys.kind === 'string' && pair.keys.allLatin1 && isFull(pair.keys)) {
      const values = numbersOf(pair.values);
      if (values !== undefined) {
        const { bytes, lengths } = pair.keys;
        yield { kind: 'latin1Pairs', bytes, lengths, values };
        continue;
      }
    }
    yield* chunksOf([block]);
  }
}

/** Whether every string key in the blocks has a number as its value. */
export function stringKeysHaveNumbers(blocks: readonly Block[]): boolean {
  return blocks.every(({ root }) => {
    const pair = pairColumns(root);
    if (pair === undefined) return false;
    const { kind } = pair.keys;
    if (kind === 'any' || kind === 'constant') return false;
    return kind !== 'string' || numbersOf(pair.values) !== undefined;
  });
}

function numbersOf(column: Column): ArrayLike<number> | undefined {
  const isNumeric = column.kind === 'f64' || column.kind === 'i32';
  return isNumeric && isFull(column) ? column.values : undefined;
}

function isFull(column: Column): boolean {
  return column.nulls === undefined && column.undefineds === undefined;
}

function pairColumns(root: Column): { keys: Column; values: Column } | undefined {
  if (root.kind !== 'tuple' || !isFull(root)) return;
  const [keys, values] = root.fields;
  if (keys === undefined || values === undefined || root.fields.length !== 2) return;
  return { keys, values };
}
