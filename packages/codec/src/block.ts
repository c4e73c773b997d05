import { crc32 } from 'node:zlib';
import { corrupt } from './block-errors.js';
import {
  BLOCK_HEADER_BYTES,
  BLOCK_MAGIC,
  BLOCK_VERSION,
  HAS_CHECKSUM,
  MAX_BLOCK_ROWS,
  readUint32,
} from './block-format.js';
import type { Column } from './columns.js';
import { openColumn } from './open-column.js';

/** An opened block: the rows are those of its root column. */
export interface Block {
  readonly rowCount: number;
  readonly root: Column;
}

export interface OpenBlockOptions {
  /**
   * Check the CRC-32 that the block must have then; for blocks from disk or another process, which
   * are written with `{ checksum: true }`. Default false.
   */
  readonly verifyChecksum?: boolean;
}

/**
 * Opens a block for reading, in time proportional to its number of columns. Nothing is copied: the
 * columns are views of `bytes`, which may be shared memory. Only memory that does not begin at a
 * multiple of 8 is moved first. Bytes behind the block are ignored.
 *
 * @throws FiresteelError BLOCK_CORRUPT, here for damage of the structure, and from reads of a
 * column for damage inside it
 */
export function openBlock(bytes: Uint8Array, options: OpenBlockOptions = {}): Block {
  if (bytes.length < BLOCK_HEADER_BYTES) throw corrupt('it is shorter than its header');
  if (readUint32(bytes, 0) !== BLOCK_MAGIC) throw corrupt('it does not begin as a block');
  const version = (bytes[4] as number) | ((bytes[5] as number) << 8);
  if (version !== BLOCK_VERSION)
    throw corrupt(`its version is ${version}, this program reads version ${BLOCK_VERSION}`);
  const size = readUint32(bytes, 8);
  if (size > bytes.length) throw corrupt(`it has ${bytes.length} of ${size} bytes`);
  if (size < BLOCK_HEADER_BYTES) throw corrupt('its size is less than its header');
  const block = aligned(bytes.subarray(0, size));
  if (options.verifyChecksum) verify(block);
  const rowCount = readUint32(block, 12);
  if (rowCount > MAX_BLOCK_ROWS) throw corrupt(`it says to have ${rowCount} rows`);
  const root = openColumn(block, BLOCK_HEADER_BYTES);
  if (root.length !== rowCount) throw corrupt('its root column does not have one value a row');
  return { rowCount, root };
}

/**
 * All rows of a block.
 *
 * @throws FiresteelError BLOCK_CORRUPT
 */
export function decodeRows(bytes: Uint8Array): unknown[] {
  return openBlock(bytes).root.toArray();
}

function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
}

/** The checksum is that of the block with zeros in the place of the checksum. */
function verify(block: Uint8Array): void {
  if (((block[6] as number) & HAS_CHECKSUM) === 0) throw corrupt('it has no checksum');
  let checksum = crc32(block.subarray(0, 16));
  checksum = crc32(new Uint8Array(4), checksum);
  checksum = crc32(block.subarray(20), checksum);
  if (checksum !== readUint32(block, 16)) throw corrupt('its checksum does not match');
}
