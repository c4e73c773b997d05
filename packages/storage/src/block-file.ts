import { closeSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { threadId } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import { FiresteelError } from '@firesteel/common';
import { diskFailed, onDisk } from './disk-errors.js';

/** Before each block of a file: its length and its CRC-32, as two little-endian uint32. */
const FRAME_BYTES = 8;

/** Writes encoded blocks to a file that appears under its name when it is complete. */
export class BlockFileWriter {
  /** Of the blocks that are complete in it. */
  sizeBytes = 0;
  private readonly temporaryPath: string;
  private readonly file: number;

  /** @throws FiresteelError LOCAL_DISK_FAILED */
  constructor(private readonly path: string) {
    this.temporaryPath = temporaryName(path);
    this.file = onDisk('make', this.temporaryPath, () => openSync(this.temporaryPath, 'wx', 0o600));
  }

  /** @throws FiresteelError LOCAL_DISK_FAILED; the blocks before can still be read back */
  append(block: Uint8Array): void {
    onDisk(
      'write',
      this.path,
      () => {
        writeFully(this.file, frameOf(block), this.sizeBytes);
        writeFully(this.file, block, this.sizeBytes + FRAME_BYTES);
      },
      block.length,
    );
    this.sizeBytes += FRAME_BYTES + block.length;
  }

  /** @throws FiresteelError LOCAL_DISK_FAILED */
  finish(): BlockFile {
    onDisk('finish', this.path, () => {
      closeSync(this.file);
      renameSync(this.temporaryPath, this.path);
    });
    return { path: this.path, sizeBytes: this.sizeBytes };
  }

  /** What was written so far, as a file that whoever reads it removes. */
  abandon(): BlockFile {
    closeSync(this.file);
    return { path: this.temporaryPath, sizeBytes: this.sizeBytes, isTemporary: true };
  }

  discard(): void {
    closeSync(this.file);
    rmSync(this.temporaryPath, { force: true });
  }
}

let nextFile = 0;

/** Threads of a process share its id, but not the numbers that they give out. */
function temporaryName(path: string): string {
  return `${path}.${process.pid}-${threadId}-${nextFile++}`;
}

function frameOf(block: Uint8Array): Uint8Array {
  return new Uint8Array(new Uint32Array([block.length, crc32(block)]).buffer);
}

/**
 * Writes a whole file without keeping the thread from other work.
 *
 * @throws FiresteelError LOCAL_DISK_FAILED; nothing stays then
 */
export async function writeBlockFile(
  path: string,
  blocks: readonly Uint8Array[],
): Promise<BlockFile> {
  const temporaryPath = temporaryName(path);
  const sizeBytes = blocks.reduce((sum, block) => sum + FRAME_BYTES + block.length, 0);
  try {
    const parts = blocks.flatMap((block) => [frameOf(block), block]);
    await writeFile(temporaryPath, parts, { flag: 'wx', mode: 0o600 });
    await rename(temporaryPath, path);
  } catch (error) {
    await rm(temporaryPath, { force: true });
    throw diskFailed('write', path, error, sizeBytes);
  }
  return { path, sizeBytes };
}

export interface BlockFile {
  readonly path: string;
  /** Bytes to read: what may follow is the rest of a block that was not written completely. */
  readonly sizeBytes: number;
  readonly isTemporary?: boolean;
}

/**
 * The blocks of a file, one after the other.
 *
 * @throws FiresteelError LOCAL_DISK_FAILED, or BLOCK_CORRUPT for what was not written so
 */
export function* readBlockFile({ path, sizeBytes, isTemporary }: BlockFile): Generator<Uint8Array> {
  const file = onDisk('open', path, () => openSync(path, 'r'));
  // Readable through the descriptor until it is closed.
  if (isTemporary) rmSync(path, { force: true });
  try {
    for (let at = 0; at < sizeBytes; ) {
      const frame = new Uint32Array(readFully(file, path, FRAME_BYTES, at).buffer);
      const [length = 0, checksum] = frame;
      if (at + FRAME_BYTES + length > sizeBytes) throw corrupt(path);
      const block = readFully(file, path, length, at + FRAME_BYTES);
      if (crc32(block) !== checksum) throw corrupt(path);
      yield block;
      at += FRAME_BYTES + length;
    }
  } finally {
    closeSync(file);
  }
}

/**
 * All blocks of a file, without keeping the thread from other work.
 *
 * @throws FiresteelError LOCAL_DISK_FAILED, or BLOCK_CORRUPT for what was not written so
 */
export async function loadBlockFile({ path, sizeBytes }: BlockFile): Promise<Uint8Array[]> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw diskFailed('read', path, error);
  });
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < sizeBytes; ) {
    if (at + FRAME_BYTES > bytes.length) throw corrupt(path);
    const start = at + FRAME_BYTES;
    const block = bytes.subarray(start, start + bytes.readUInt32LE(at));
    at = start + bytes.readUInt32LE(at);
    if (at > bytes.length || crc32(block) !== bytes.readUInt32LE(start - 4)) throw corrupt(path);
    blocks.push(block);
  }
  return blocks;
}

function readFully(file: number, path: string, length: number, position: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const read = onDisk('read', path, () => {
    let done = 0;
    while (done < length) {
      const n = readSync(file, bytes, done, length - done, position + done);
      if (n === 0) break;
      done += n;
    }
    return done;
  });
  if (read < length) throw corrupt(path);
  return bytes;
}

/** A disk that gets full takes a part of what it is given before it fails. */
function writeFully(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(file, bytes, done, bytes.length - done, position + done);
}

function corrupt(path: string): FiresteelError {
  return new FiresteelError(
    'BLOCK_CORRUPT',
    `The file ${path} of the block store does not hold what was written to it. Its disk may be damaged.`,
    { data: { path } },
  );
}
