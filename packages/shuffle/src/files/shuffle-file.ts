import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { FiresteelError } from '@firesteel/common';
import type { BlockCompression } from '@firesteel/io';
import { onDisk } from '@firesteel/storage';
import { FrameFileWriter } from './frame-file.js';

/** `FSSI` in little-endian order. */
const INDEX_MAGIC = 0x49535346;
const INDEX_VERSION = 1;
const INDEX_HEADER_BYTES = 24;

/**
 * Writes the output of one map task to two files, `<path>.data` with the blocks of all partitions
 * and `<path>.index` with their places. They appear under their names when they are complete, the
 * index last: docs/formats/shuffle-files.md.
 */
export class ShuffleFileWriter {
  readonly blocks: FrameFileWriter;
  private readonly offsets = [0];

  /** @throws FiresteelError LOCAL_DISK_FAILED */
  constructor(
    private readonly path: string,
    compression: BlockCompression,
  ) {
    this.blocks = new FrameFileWriter(`${path}.data.tmp`, compression);
  }

  /** Everything written since the last call is the next partition. */
  endPartition(): void {
    this.offsets.push(this.blocks.position);
  }

  /** @throws FiresteelError LOCAL_DISK_FAILED */
  commit(rowCount: number): { readonly path: string; readonly offsets: Float64Array } {
    const { path } = this;
    const offsets = Float64Array.from(this.offsets);
    this.blocks.close();
    onDisk('write', `${path}.index`, () => {
      renameSync(this.blocks.path, `${path}.data`);
      writeFileSync(`${path}.index.tmp`, encodeIndex(offsets, rowCount), { mode: 0o600 });
      renameSync(`${path}.index.tmp`, `${path}.index`);
    });
    return { path, offsets };
  }

  /** Removes whatever was written. Never throws. */
  discard(): void {
    this.blocks.discard();
    removeShuffleFile(this.path);
    rmSync(`${this.path}.index.tmp`, { force: true });
  }
}

/**
 * Gives a complete output another name, in place of what has it.
 *
 * @throws FiresteelError LOCAL_DISK_FAILED
 */
export function moveShuffleFile(from: string, to: string): void {
  onDisk('rename', from, () => {
    // Data without an index are not there: nobody reads the one with the other's places.
    rmSync(`${to}.index`, { force: true });
    renameSync(`${from}.data`, `${to}.data`);
    renameSync(`${from}.index`, `${to}.index`);
  });
}

export function removeShuffleFile(path: string): void {
  rmSync(`${path}.index`, { force: true });
  rmSync(`${path}.data`, { force: true });
}

function encodeIndex(offsets: Float64Array, rowCount: number): Buffer {
  const index = Buffer.alloc(INDEX_HEADER_BYTES + 8 * offsets.length);
  index.writeUInt32LE(INDEX_MAGIC, 0);
  index.writeUInt32LE(INDEX_VERSION, 4);
  index.writeUInt32LE(offsets.length - 1, 8);
  index.writeDoubleLE(rowCount, 16);
  for (let i = 0; i < offsets.length; i++)
    index.writeDoubleLE(offsets[i] as number, INDEX_HEADER_BYTES + 8 * i);
  index.writeUInt32LE(crc32(index), 12);
  return index;
}

interface ShuffleIndex {
  /** `numPartitions + 1` places in the data file; partition p is [offsets[p], offsets[p + 1]). */
  readonly offsets: Float64Array;
  readonly rowCount: number;
}

/**
 * The index of a complete map output, for whoever has not written it.
 *
 * @throws FiresteelError LOCAL_DISK_FAILED, SHUFFLE_BLOCK_CORRUPT
 */
export function readShuffleIndex(path: string): ShuffleIndex {
  const index = onDisk('read', `${path}.index`, () => readFileSync(`${path}.index`));
  const checked = Buffer.from(index);
  const damaged = () =>
    new FiresteelError('SHUFFLE_BLOCK_CORRUPT', `The index ${path}.index is damaged.`, {
      data: { path },
    });
  if (index.length < INDEX_HEADER_BYTES || index.readUInt32LE(0) !== INDEX_MAGIC) throw damaged();
  if (index.readUInt32LE(4) !== INDEX_VERSION) throw damaged();
  checked.writeUInt32LE(0, 12);
  if (crc32(checked) !== index.readUInt32LE(12)) throw damaged();
  const count = index.readUInt32LE(8) + 1;
  if (index.length !== INDEX_HEADER_BYTES + 8 * count) throw damaged();
  const offsets = Float64Array.from({ length: count }, (_, i) =>
    index.readDoubleLE(INDEX_HEADER_BYTES + 8 * i),
  );
  return { offsets, rowCount: index.readDoubleLE(16) };
}
