import { statSync } from 'node:fs';
import { type BlockFile, BlockFileWriter, writeBlockFile } from './block-file.js';
import type { LocalDirs } from './local-dirs.js';

/** Cached partitions as files in the local directories of an application. Any thread may use it. */
export class DiskStore {
  constructor(private readonly dirs: LocalDirs) {}

  /** The complete file of a partition, if there is one. */
  find(rddId: number, partition: number): BlockFile | undefined {
    const path = this.dirs.file(partition, directoryOf(rddId), String(partition));
    try {
      return { path, sizeBytes: statSync(path).size };
    } catch {
      return undefined;
    }
  }

  /** @throws FiresteelError LOCAL_DISK_FAILED */
  create(rddId: number, partition: number): BlockFileWriter {
    return new BlockFileWriter(this.pathToWrite(rddId, partition));
  }

  /** @throws FiresteelError LOCAL_DISK_FAILED; nothing stays then */
  async write(rddId: number, partition: number, blocks: readonly Uint8Array[]): Promise<BlockFile> {
    return writeBlockFile(this.pathToWrite(rddId, partition), blocks);
  }

  removeRdd(rddId: number): void {
    this.dirs.removeDirectory(directoryOf(rddId));
  }

  private pathToWrite(rddId: number, partition: number): string {
    return this.dirs.fileToWrite(partition, directoryOf(rddId), String(partition));
  }
}

function directoryOf(rddId: number): string {
  return `rdd_${rddId}`;
}
