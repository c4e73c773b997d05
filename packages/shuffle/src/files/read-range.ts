import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

/** Bytes of a file. */
export interface FileRange {
  readonly bytes: Uint8Array;
  /** Tells the file from others that come in its place under the same name. */
  readonly version: number;
}

/**
 * The bytes from `start` up to `end`; undefined for a file that is gone or too short: whoever asks
 * has the output computed again.
 */
export async function readRange(
  path: string,
  start: number,
  end: number,
): Promise<FileRange | undefined> {
  try {
    const file = await open(path);
    try {
      const { ino, mtimeMs } = await file.stat();
      const bytes = new Uint8Array(end - start);
      for (let done = 0; done < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done);
        if (bytesRead === 0) return undefined;
        done += bytesRead;
      }
      return { bytes, version: crc32(`${ino} ${mtimeMs}`) };
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
