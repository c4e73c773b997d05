import { CHUNK_ROWS, type Chunk, groupedValues } from '@firesteel/shuffle';

/** The rows of a chunk as an array of its own. */
export function rowsOf(chunk: Chunk): unknown[] {
  if (chunk.kind === 'rows') return chunk.rows.slice(chunk.from, chunk.to);
  if (chunk.kind === 'columns') return chunk.root.toArray(chunk.from, chunk.to);
  const rows: unknown[] = [];
  if (chunk.kind === 'pairs')
    for (let i = 0; i < chunk.length; i++) rows.push([chunk.keys[i], chunk.values[i]]);
  else if (chunk.kind === 'groups')
    for (let i = 0; i < chunk.length; i++)
      rows.push([chunk.keys[i], groupedValues(chunk, chunk.groups[i] as number)]);
  else for (let i = 0; i < chunk.count; i++) rows.push(chunk.start + i * chunk.step);
  return rows;
}

/** Cuts an array into chunks that share it. */
export function* slices(rows: readonly unknown[]): Generator<Chunk> {
  for (let from = 0; from < rows.length; from += CHUNK_ROWS)
    yield { kind: 'rows', rows, from, to: Math.min(rows.length, from + CHUNK_ROWS) };
}
