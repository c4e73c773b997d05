import { crc32 } from 'node:zlib';

/**
 * The blocks of an answer, one behind the other, each behind a header of 32 bytes, little-endian:
 * map partition (uint32), CRC-32 of what follows (uint32), length of the bytes (float64), length of
 * the whole block (float64), version (uint32), zero (uint32). The last one may be a piece of its
 * block: the reader asks for the rest.
 */
export const HEADER_BYTES = 32;
const CHECKED_FROM = 8;

/** The bytes of one reduce partition in the output of one map task, or a piece of them. */
export interface MapBlock extends BlockPiece {
  readonly mapPartition: number;
}

/** Bytes of a block, from the first or from a later one on. */
export interface BlockPiece {
  /** Begins at a multiple of 8 of its memory; shared memory when it was fetched. */
  readonly bytes: Uint8Array;
  /** Of the whole block. */
  readonly sizeBytes: number;
  /** Tells the output from others that are made in its place; those may have the rows elsewhere. */
  readonly version: number;
}

export function frameHeader({ mapPartition, bytes, sizeBytes, version }: MapBlock): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(mapPartition, 0);
  header.writeDoubleLE(bytes.length, 8);
  header.writeDoubleLE(sizeBytes, 16);
  header.writeUInt32LE(version, 24);
  header.writeUInt32LE(checksumOf(header, bytes), 4);
  return header;
}

function checksumOf(header: Buffer, bytes: Uint8Array): number {
  const ofHeader = crc32(header.subarray(CHECKED_FROM));
  // Of no bytes zlib makes something else, depending on where they are.
  return bytes.length === 0 ? ofHeader : crc32(bytes, ofHeader);
}

export function frameBytes(bytes: Uint8Array): number {
  return HEADER_BYTES + bytes.length;
}

/** An answer does not say what it should. */
export class CorruptBlocks extends Error {
  constructor(
    readonly mapPartition: number,
    reason: string,
  ) {
    super(reason);
  }
}

/** Puts the blocks of an answer together as its pieces arrive, in shared memory of their own. */
export class BlockReceiver {
  readonly blocks: MapBlock[] = [];
  readonly #wanted: readonly number[];
  readonly #from: number;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerBytes = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #filled = 0;
  #budgetBytes: number;

  /**
   * @param sizeBytes of the whole answer, as its server announced it
   * @param from the first byte that was asked for, of every block
   */
  constructor(wanted: readonly number[], sizeBytes: number, from = 0) {
    this.#wanted = wanted;
    this.#from = from;
    this.#budgetBytes = sizeBytes;
  }

  /** The map partition whose block is awaited next. */
  get next(): number {
    return this.#wanted[this.blocks.length] ?? -1;
  }

  /** @throws CorruptBlocks */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#headerBytes < HEADER_BYTES) {
        const part = chunk.subarray(at, at + HEADER_BYTES - this.#headerBytes);
        this.#header.set(part, this.#headerBytes);
        this.#headerBytes += part.length;
        at += part.length;
        if (this.#headerBytes < HEADER_BYTES) return;
        this.#begin();
      } else {
        const part = chunk.subarray(at, at + this.#bytes.length - this.#filled);
        this.#bytes.set(part, this.#filled);
        this.#filled += part.length;
        at += part.length;
      }
      if (this.#filled === this.#bytes.length) this.#end();
    }
  }

  /**
   * @param isWhole whether all blocks are needed, instead of one or more
   * @throws CorruptBlocks if the answer stopped before that, or inside a block
   */
  finish(isWhole: boolean): readonly MapBlock[] {
    const least = isWhole ? this.#wanted.length : 1;
    const isShort = this.blocks.length < least || (isWhole && this.#isCut());
    if (this.#headerBytes > 0 || isShort)
      throw new CorruptBlocks(this.next, 'it came in part only');
    return this.blocks;
  }

  /** Whether the last block that came is a piece of one, which nothing may follow. */
  #isCut(): boolean {
    const last = this.blocks.at(-1);
    return last !== undefined && this.#from + last.bytes.length < last.sizeBytes;
  }

  #begin(): void {
    const mapPartition = this.#header.readUInt32LE(0);
    const length = this.#header.readDoubleLE(8);
    if (mapPartition !== this.next || this.#isCut())
      throw new CorruptBlocks(this.next, 'another one came instead');
    this.#budgetBytes -= HEADER_BYTES + length;
    if (!Number.isSafeInteger(length) || length < 0 || this.#budgetBytes < 0)
      throw new CorruptBlocks(mapPartition, 'its length is wrong');
    this.#bytes = new Uint8Array(new SharedArrayBuffer(length));
    this.#filled = 0;
  }

  #end(): void {
    const mapPartition = this.next;
    const bytes = this.#bytes;
    const sizeBytes = this.#header.readDoubleLE(16);
    if (checksumOf(this.#header, bytes) !== this.#header.readUInt32LE(4))
      throw new CorruptBlocks(mapPartition, 'its checksum does not match');
    if (!Number.isSafeInteger(sizeBytes) || this.#from + bytes.length > sizeBytes)
      throw new CorruptBlocks(mapPartition, 'it is longer than it should be');
    this.blocks.push({ mapPartition, bytes, sizeBytes, version: this.#header.readUInt32LE(24) });
    this.#headerBytes = 0;
    this.#bytes = new Uint8Array(0);
    this.#filled = 0;
  }
}
