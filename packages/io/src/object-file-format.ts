import { crc32 } from 'node:zlib';
import type { Compression } from '@firesteel/plan';

/** Constants and structures of object files; docs/formats/object-file.md is their specification. */

export const FILE_HEADER_BYTES = 16;
export const BLOCK_HEADER_BYTES = 24;
export const INDEX_ENTRY_BYTES = 16;
export const TRAILER_BYTES = 32;

/** `FSOF`, `FSOB` and `FSOE` in little-endian order. */
const FILE_MAGIC = 0x464f5346;
const BLOCK_MAGIC = 0x424f5346;
const TRAILER_MAGIC = 0x454f5346;
const VERSION = 1;

/** By their codes. */
const compressions: readonly Compression[] = ['none', 'gzip', 'lz4', 'zstd'];

export interface BlockHeader {
  /** Bytes of the block as it lies in the file, without padding. */
  readonly storedBytes: number;
  readonly blockBytes: number;
  readonly rowCount: number;
  /** CRC-32 of the stored bytes. */
  readonly checksum: number;
}

export interface IndexEntry {
  /** Where the header of a block begins in the file. */
  readonly offset: number;
  readonly rowCount: number;
}

export interface Trailer {
  readonly blockCount: number;
  readonly rowCount: number;
  readonly indexOffset: number;
  readonly indexChecksum: number;
}

/** Why some bytes are not what they should be. */
export class FormatFault extends Error {}

export function encodeFileHeader(compression: Compression): Buffer {
  const bytes = Buffer.alloc(FILE_HEADER_BYTES);
  bytes.writeUInt32LE(FILE_MAGIC, 0);
  bytes.writeUInt16LE(VERSION, 4);
  bytes.writeUInt8(compressions.indexOf(compression), 8);
  return bytes;
}

export function decodeFileHeader(bytes: Buffer): Compression {
  if (bytes.readUInt32LE(0) !== FILE_MAGIC)
    throw new FormatFault('it does not begin as an object file');
  const version = bytes.readUInt16LE(4);
  if (version !== VERSION)
    throw new FormatFault(`its version is ${version}, this program reads version ${VERSION}`);
  const compression = compressions[bytes.readUInt8(8)];
  if (compression === undefined) throw new FormatFault('its compression is unknown');
  return compression;
}

export function encodeBlockHeader(header: BlockHeader): Buffer {
  const bytes = Buffer.alloc(BLOCK_HEADER_BYTES);
  bytes.writeUInt32LE(BLOCK_MAGIC, 0);
  bytes.writeUInt32LE(header.storedBytes, 4);
  bytes.writeUInt32LE(header.blockBytes, 8);
  bytes.writeUInt32LE(header.rowCount, 12);
  bytes.writeUInt32LE(header.checksum, 16);
  return sealed(bytes);
}

export function decodeBlockHeader(bytes: Buffer): BlockHeader {
  checkSealed(bytes, BLOCK_MAGIC, 'the header of a block');
  return {
    storedBytes: bytes.readUInt32LE(4),
    blockBytes: bytes.readUInt32LE(8),
    rowCount: bytes.readUInt32LE(12),
    checksum: bytes.readUInt32LE(16),
  };
}

export function encodeIndex(entries: readonly IndexEntry[]): Buffer {
  const bytes = Buffer.alloc(entries.length * INDEX_ENTRY_BYTES);
  for (const [i, { offset, rowCount }] of entries.entries()) {
    bytes.writeBigUInt64LE(BigInt(offset), i * INDEX_ENTRY_BYTES);
    bytes.writeUInt32LE(rowCount, i * INDEX_ENTRY_BYTES + 8);
  }
  return bytes;
}

export function decodeIndex(bytes: Buffer, checksum: number): IndexEntry[] {
  if (crc32(bytes) !== checksum) throw new FormatFault('the checksum of the index is wrong');
  return Array.from({ length: bytes.length / INDEX_ENTRY_BYTES }, (_, i) => ({
    offset: Number(bytes.readBigUInt64LE(i * INDEX_ENTRY_BYTES)),
    rowCount: bytes.readUInt32LE(i * INDEX_ENTRY_BYTES + 8),
  }));
}

export function encodeTrailer(trailer: Trailer): Buffer {
  const bytes = Buffer.alloc(TRAILER_BYTES);
  bytes.writeUInt32LE(TRAILER_MAGIC, 0);
  bytes.writeUInt32LE(trailer.blockCount, 4);
  bytes.writeBigUInt64LE(BigInt(trailer.rowCount), 8);
  bytes.writeBigUInt64LE(BigInt(trailer.indexOffset), 16);
  bytes.writeUInt32LE(trailer.indexChecksum, 24);
  return sealed(bytes);
}

export function decodeTrailer(bytes: Buffer): Trailer {
  checkSealed(bytes, TRAILER_MAGIC, 'the end of the file');
  return {
    blockCount: bytes.readUInt32LE(4),
    rowCount: Number(bytes.readBigUInt64LE(8)),
    indexOffset: Number(bytes.readBigUInt64LE(16)),
    indexChecksum: bytes.readUInt32LE(24),
  };
}

/** With the CRC-32 of all bytes before it as the last four. */
function sealed(bytes: Buffer): Buffer {
  bytes.writeUInt32LE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}

function checkSealed(bytes: Buffer, magic: number, what: string): void {
  if (bytes.readUInt32LE(0) !== magic)
    throw new FormatFault(`${what} is not where it should be; the file was cut off or damaged`);
  if (crc32(bytes.subarray(0, -4)) !== bytes.readUInt32LE(bytes.length - 4))
    throw new FormatFault(`the checksum of ${what} is wrong`);
}
