import { type Block, type Column, openBlock } from '@firesteel/codec';
import { CHUNK_ROWS, type Chunk, type ColumnsChunk, chunksOf } from '@firesteel/shuffle';

/** Rows of a chunk whose columns are all typed memory: none of them is copied. */
const TYPED_CHUNK_ROWS = 4096;

/** The rows of encoded blocks: columns where rows are numbers or arrays of primitives. */
export function* blockChunks(blocks: Iterable<Uint8Array>): Generator<Chunk> {
  for (const bytes of blocks) {
    const block = openBlock(bytes);
    const columns = columnsOf(block);
    if (columns === undefined) yield* chunksOf([block]);
    else yield* columnChunks(columns, block);
  }
}

function* columnChunks(columns: readonly Column[], block: Block): Generator<ColumnsChunk> {
  const isTuple = block.root.kind === 'tuple';
  const forms = columns.map(formOf);
  const typed = columns.map(typedMemory);
  const step = forms.includes('v') ? CHUNK_ROWS : TYPED_CHUNK_ROWS;
  for (let from = 0; from < block.rowCount; from += step) {
    const to = Math.min(block.rowCount, from + step);
    yield {
      kind: 'columns',
      root: block.root,
      isTuple,
      forms: forms.join(''),
      columns: columns.map((column, i) => (forms[i] === 'v' ? column.toArray(from, to) : typed[i])),
      from,
      to,
    };
  }
}

/** The columns of rows that are numbers, booleans or arrays. */
function columnsOf({ root }: Block): readonly Column[] | undefined {
  if (formOf(root) !== 'v') return [root];
  return root.kind === 'tuple' && isFull(root) ? root.fields : undefined;
}

function formOf(column: Column): 'i' | 'f' | 'b' | 'c' | 'v' {
  if (!isFull(column)) return 'v';
  switch (column.kind) {
    case 'i32':
      return 'i';
    case 'f64':
      return 'f';
    case 'bool':
      return 'b';
    case 'constant':
      return 'c';
    default:
      return 'v';
  }
}

function typedMemory(column: Column): unknown {
  switch (column.kind) {
    case 'i32':
    case 'f64':
    case 'bool':
      return column.values;
    case 'constant':
      return column.value;
    default:
      return undefined;
  }
}

function isFull(column: Column): boolean {
  return column.nulls === undefined && column.undefineds === undefined;
}
