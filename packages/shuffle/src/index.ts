/** Combine tables, partitioned map outputs, sorting: how rows find the partition of their key. */
export { detached, latin1String } from './buffer-text.js';
export {
  CHUNK_ROWS,
  type Chunk,
  type ColumnsChunk,
  type GroupsChunk,
  groupedValues,
  type Latin1PairsChunk,
  type PairsChunk,
  type RangeChunk,
  type RowsChunk,
} from './chunk.js';
export { CombineTables } from './combine-tables.js';
export { frameBytes } from './files/frames.js';
export { framesInMemory, type InputFrame, wholeFrames } from './files/input-frame.js';
export { OpenFiles } from './files/open-files.js';
export { readRange } from './files/read-range.js';
export { moveShuffleFile, readShuffleIndex, removeShuffleFile } from './files/shuffle-file.js';
export { shuffleDirectory, TaskSpace } from './files/task-space.js';
export { keyGroups } from './key-groups.js';
export { KeyTable } from './key-table.js';
export { KeyedOutputWriter } from './keyed-output-writer.js';
export { localBlock, localFrames, pieceOf, rangeOf } from './map-output-blocks.js';
export { chunksOf, combineChunksOf } from './map-output-reader.js';
export { MapOutputWriter } from './map-output-writer.js';
export { NumberTable } from './number-table.js';
export { type Partitioner, reviveBuckets, revivePartitioner } from './partitioner.js';
export { SampledBytes } from './sampled-bytes.js';
export { ExternalSorter } from './sort/external-sorter.js';
export { sortedFrames } from './sort/sorted-frames.js';
export { SortedOutputWriter } from './sorted-output-writer.js';
export { GroupedParts, type GroupingOptions } from './spill/grouped-parts.js';
export { HeldFrames } from './spill/held-frames.js';
export { KeySplitter, MAX_SPLIT_LEVEL } from './spill/key-splitter.js';
export { StringTable } from './string-table.js';
export type { TableRole } from './table-role.js';
export type { BlockPiece, MapBlock } from './transfer/block-frames.js';
export {
  type BlockId,
  type BlockRequest,
  MAX_MAP_PARTITIONS,
  type PieceRange,
  type StoredBlockId,
} from './transfer/block-request.js';
