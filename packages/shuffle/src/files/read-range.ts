import { open } from 'node:fs/promises';

/**
 * The bytes from `start` up to `end`; undefined for a file that is gone or too short: whoever asks
 * has the output computed again.
 */
export async function readRange(
  path: string,
  start: number,
  end: number,
): Promise<Uint8Array | undefined> {
  try {
    const file = await open(path);
    try {
      const bytes = new Uint8Array(end - start);
      for (let done = 0; done < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done);
        if (bytesRead === 0) return undefined;
        done += bytesRead;
      }
      return bytes;
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
