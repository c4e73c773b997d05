import { closeSync, openSync, readSync } from 'node:fs';
import { onDisk } from '@firesteel/storage';

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
    return onDisk('read', path, () => {
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

  /** Lets go of one file, which takes room on the disk until then though it was removed. */
  close(path: string): void {
    const file = this.open.get(path);
    if (file === undefined) return;
    this.open.delete(path);
    closeSync(file);
  }

  closeAll(): void {
    for (const path of this.open.keys()) this.close(path);
  }

  private descriptor(path: string): number {
    let file = this.open.get(path);
    if (file !== undefined) this.open.delete(path);
    else {
      if (this.open.size >= MAX_OPEN) this.close(this.open.keys().next().value as string);
      file = openSync(path, 'r');
    }
    this.open.set(path, file);
    return file;
  }
}
