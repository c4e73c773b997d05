import type { Chunk, PairsChunk } from '@firesteel/shuffle';
import { notAPair } from '../sinks/fold-sinks.js';
import { rowsOf } from './chunk-rows.js';

/** A chunk as two columns; throws NOT_A_PAIR for a row that is no `[key, value]`. */
export function pairsOf(chunk: Chunk): PairsChunk {
  if (chunk.kind === 'pairs') return chunk;
  const keys: unknown[] = [];
  const values: unknown[] = [];
  for (const row of rowsOf(chunk)) {
    if (!Array.isArray(row) || row.length !== 2) throw notAPair(row);
    keys.push(row[0]);
    values.push(row[1]);
  }
  return { kind: 'pairs', keys, values, length: keys.length };
}
