import type { Block } from '@firesteel/codec';
import { FiresteelError } from '@firesteel/common';
import { CHUNK_ROWS, type Chunk, type Latin1PairsChunk, type PairsChunk } from './chunk.js';
import { isFull, isLatin1, numbersOf, pairColumns } from './pair-columns.js';

/** The rows of blocks, a chunk at a time; pairs come as two columns. */
export function* chunksOf(blocks: Iterable<Block>): Generator<Chunk> {
  for (const block of blocks) {
    const { rowCount, root } = block;
    const pair = pairColumns(block);
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

/** The pairs of a block, a chunk at a time. */
export function* pairChunksOf(block: Block): Generator<PairsChunk> {
  for (const chunk of chunksOf([block])) {
    if (chunk.kind !== 'pairs')
      throw new FiresteelError('INTERNAL', 'A block to be grouped has rows that are no pairs.');
    yield chunk;
  }
}

/** The rows of blocks for a loop that combines them: latin1 keys stay bytes. */
export function* combineChunksOf(blocks: Iterable<Block>): Generator<Chunk | Latin1PairsChunk> {
  for (const block of blocks) {
    const pair = pairColumns(block);
    const values = pair && numbersOf(pair.values);
    if (pair !== undefined && values !== undefined) {
      const { keys } = pair;
      if (isLatin1(keys)) {
        yield { kind: 'latin1Pairs', bytes: keys.bytes, lengths: keys.lengths, values };
        continue;
      }
      if (isFull(keys) && (keys.kind === 'i32' || keys.kind === 'f64')) {
        yield { kind: 'pairs', keys: keys.values, values, length: block.rowCount };
        continue;
      }
    }
    yield* chunksOf([block]);
  }
}
