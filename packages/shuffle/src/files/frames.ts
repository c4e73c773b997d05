import { crc32 } from 'node:zlib';
import { type Block, type BlockWriter, openBlock } from '@firesteel/codec';
import { FiresteelError } from '@firesteel/common';
import { type BlockCompression, blockCodec } from '@firesteel/io';

/**
 * What stands before each block of a map output or a spill, in memory, in files and on the wire;
 * docs/formats/shuffle-files.md is its specification.
 */
export const FRAME_HEADER_BYTES = 24;

/** By their codes. */
const compressions: readonly BlockCompression[] = ['none', 'lz4', 'zstd'];
const HAS_CHECKSUM = 1;

export interface FrameHeader {
  /** Bytes of the block as it is stored, without the padding behind it. */
  readonly storedBytes: number;
  readonly blockBytes: number;
  readonly rowCount: number;
  /** Of a bucketed output: the keys of a bucket are in no other one. */
  readonly bucket: number | undefined;
  readonly compression: BlockCompression;
  /** See `frameChecksum`; frames that never leave their memory have none. */
  readonly checksum: number | undefined;
}

/** A block of a partition; in a bucketed output `bucket` is set, and one key is in one bucket. */
export interface Framed<B> {
  readonly block: B;
  readonly bucket: number | undefined;
}

/** All bytes of a frame. Frames begin at multiples of 8. */
export function frameBytes({ storedBytes }: Pick<FrameHeader, 'storedBytes'>): number {
  return FRAME_HEADER_BYTES + Math.ceil(storedBytes / 8) * 8;
}

export function writeFrameHeader(target: DataView, at: number, header: FrameHeader): void {
  const { storedBytes, blockBytes, rowCount, bucket, compression, checksum } = header;
  target.setUint32(at, storedBytes, true);
  target.setUint32(at + 4, blockBytes, true);
  target.setUint32(at + 8, rowCount, true);
  target.setUint32(at + 12, bucket === undefined ? 0 : bucket + 1, true);
  target.setUint8(at + 16, compressions.indexOf(compression));
  target.setUint8(at + 17, checksum === undefined ? 0 : HAS_CHECKSUM);
  target.setUint16(at + 18, 0, true);
  target.setUint32(at + 20, checksum ?? 0, true);
}

/**
 * @param at where the frame begins in `source`, which need not hold more of it than its header
 * @param end where the last frame ends, by the same count
 * @throws FiresteelError SHUFFLE_BLOCK_CORRUPT for what is no frame, or does not end by then
 */
export function readFrameHeader(source: DataView, at: number, end: number): FrameHeader {
  if (at + FRAME_HEADER_BYTES > Math.min(end, source.byteLength))
    throw corrupt('it ends inside of a header');
  const tag = source.getUint32(at + 12, true);
  const compression = compressions[source.getUint8(at + 16)];
  if (compression === undefined) throw corrupt('its compression is unknown');
  const storedBytes = source.getUint32(at, true);
  if (at + frameBytes({ storedBytes }) > end) throw corrupt('it ends inside of a block');
  return {
    storedBytes,
    blockBytes: source.getUint32(at + 4, true),
    rowCount: source.getUint32(at + 8, true),
    bucket: tag === 0 ? undefined : tag - 1,
    compression,
    checksum:
      source.getUint8(at + 17) === HAS_CHECKSUM ? source.getUint32(at + 20, true) : undefined,
  };
}

/** What the checksum covers of the header: all but itself. */
const CHECKED_HEADER_BYTES = 17;
const scratch = new DataView(new ArrayBuffer(FRAME_HEADER_BYTES));
const checkedHeader = new Uint8Array(scratch.buffer, 0, CHECKED_HEADER_BYTES);

/** CRC-32 of the header and of the stored bytes: a wrong bucket would give wrong groups. */
export function frameChecksum(header: FrameHeader, stored: Uint8Array): number {
  writeFrameHeader(scratch, 0, header);
  return crc32(stored, crc32(checkedHeader));
}

/**
 * The block of a frame, from the bytes behind its header.
 *
 * @throws FiresteelError SHUFFLE_BLOCK_CORRUPT
 */
export function openFrame(header: FrameHeader, stored: Uint8Array): Block {
  const { storedBytes, blockBytes, compression, checksum } = header;
  if (stored.length !== storedBytes) throw corrupt('it ends inside of a block');
  if (checksum !== undefined && frameChecksum(header, stored) !== checksum)
    throw corrupt('its checksum does not match');
  if (compression === 'none') return openBlock(stored);
  let block: Uint8Array;
  try {
    block = blockCodec(compression).decompress(stored);
  } catch (error) {
    throw corrupt(`it cannot be decompressed: ${(error as Error).message}`);
  }
  if (block.length !== blockBytes) throw corrupt('it has not the size that it should have');
  return openBlock(block);
}

/** Less than this is not worth the time of the reader. */
const MIN_SAVING = 0.95;

/** Where blocks of this thread are encoded before they are stored, one after the other. */
let encodedBlock = new Uint8Array(0);
/** Larger ones get memory of their own. */
const MAX_KEPT_BYTES = 1 << 20;

function bytesToEncode(size: number): Uint8Array {
  if (size > MAX_KEPT_BYTES) return new Uint8Array(size);
  if (size > encodedBlock.length) encodedBlock = new Uint8Array(Math.min(MAX_KEPT_BYTES, 2 * size));
  return encodedBlock.subarray(0, size);
}

/**
 * A block as it is stored in a file: compressed where that helps, with a checksum. Its bytes are valid
 * until the next call.
 */
export function storedFrame(
  { block, bucket }: Framed<BlockWriter>,
  compression: BlockCompression,
): { header: FrameHeader; stored: Uint8Array } {
  const encoded = bytesToEncode(block.sizeBytes());
  block.writeTo(encoded, 0);
  const compressed = blockCodec(compression).compress(encoded);
  const helps = compressed.length < encoded.length * MIN_SAVING;
  const stored = helps ? compressed : encoded;
  const header: FrameHeader = {
    storedBytes: stored.length,
    blockBytes: encoded.length,
    rowCount: block.rowCount,
    bucket,
    compression: helps ? compression : 'none',
    checksum: undefined,
  };
  return { header: { ...header, checksum: frameChecksum(header, stored) }, stored };
}

/** @param why completes "A shuffle block is damaged: …" */
function corrupt(why: string): FiresteelError {
  return new FiresteelError('SHUFFLE_BLOCK_CORRUPT', `A shuffle block is damaged: ${why}.`);
}
