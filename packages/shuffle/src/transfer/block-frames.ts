import { crc32 } from 'node:zlib';

/**
 * The blocks of an answer, one behind the other, each behind a header of 16 bytes, little-endian:
 * map partition (uint32), CRC-32 of the bytes (uint32), their length (float64).
 */
export const HEADER_BYTES = 16;

/** The bytes of one reduce partition in the output of one map task. */
export interface MapBlock {
  readonly mapPartition: number;
  /** Begins at a multiple of 8 of its memory; shared memory when it was fetched. */
  readonly bytes: Uint8Array;
}

export function frameHeader({ mapPartition, bytes }: MapBlock): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(mapPartition, 0);
  header.writeUInt32LE(crc32(bytes), 4);
  header.writeDoubleLE(bytes.length, 8);
  return header;
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
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerBytes = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #filled = 0;
  #budgetBytes: number;

  /** @param sizeBytes of the whole answer, as its server announced it */
  constructor(wanted: readonly number[], sizeBytes: number) {
    this.#wanted = wanted;
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
    if (this.#headerBytes > 0 || this.blocks.length < least)
      throw new CorruptBlocks(this.next, 'it came in part only');
    return this.blocks;
  }

  #begin(): void {
    const mapPartition = this.#header.readUInt32LE(0);
    const length = this.#header.readDoubleLE(8);
    if (mapPartition !== this.next) throw new CorruptBlocks(this.next, 'another one came instead');
    this.#budgetBytes -= HEADER_BYTES + length;
    if (!Number.isSafeInteger(length) || length < 0 || this.#budgetBytes < 0)
      throw new CorruptBlocks(mapPartition, 'its length is wrong');
    this.#bytes = new Uint8Array(new SharedArrayBuffer(length));
    this.#filled = 0;
  }

  #end(): void {
    const mapPartition = this.next;
    if (crc32(this.#bytes) !== this.#header.readUInt32LE(4))
      throw new CorruptBlocks(mapPartition, 'its checksum does not match');
    this.blocks.push({ mapPartition, bytes: this.#bytes });
    this.#headerBytes = 0;
    this.#bytes = new Uint8Array(0);
    this.#filled = 0;
  }
}
