import { closeSync, openSync, readSync } from 'node:fs';
import { attempt } from './frame-file.js';

const MAX_OPEN = 64;

/** Files that are read at many places in turn; few of them are open at a time. */
export class OpenFiles {
  /** Descriptors, the least recently used first. */
  private readonly open = new Map<string, number>();

  /**
   * Bytes of a file from a position on, fewer only if it ends before.
   *
   * @throws FiresteelError LOCAL_DISK_FAILED
   */
  read(path: string, position: number, length: number): Buffer {
    return attempt('read', path, () => {
      const bytes = Buffer.allocUnsafeSlow(length);
      const file = this.descriptor(path);
      let done = 0;
      while (done < length) {
        const n = readSync(file, bytes, done, length - done, position + done);
        if (n === 0) break;
        done += n;
      }
      return bytes.subarray(0, done);
    });
  }

  close(): void {
    for (const file of this.open.values()) closeSync(file);
    this.open.clear();
  }

  private descriptor(path: string): number {
    let file = this.open.get(path);
    if (file !== undefined) this.open.delete(path);
    else {
      if (this.open.size >= MAX_OPEN) this.closeOldest();
      file = openSync(path, 'r');
    }
    this.open.set(path, file);
    return file;
  }

  private closeOldest(): void {
    const [path, file] = this.open.entries().next().value as [string, number];
    this.open.delete(path);
    closeSync(file);
  }
}
