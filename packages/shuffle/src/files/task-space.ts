import type { BlockCompression } from '@firesteel/io';
import type { LocalDirs, TaskMemory } from '@firesteel/storage';
import { OpenFiles } from './open-files.js';
import { ShuffleFileWriter } from './shuffle-file.js';
import { SpillFile } from './spill-file.js';

/** The directory of the local directories that holds the outputs of a shuffle. */
export function shuffleDirectory(shuffleId: number): string {
  return `shuffle_${shuffleId}`;
}

/** The memory and the files that one task works with. Files end with it, but for its map output. */
export class TaskSpace {
  /** What the task reads. */
  readonly files = new OpenFiles();
  private readonly spills: SpillFile[] = [];
  #isClosed = false;

  constructor(
    readonly memory: TaskMemory,
    private readonly dirs: LocalDirs,
    private readonly compression: BlockCompression,
    private readonly task: { readonly taskId: number; readonly partition: number },
    /** Where all map outputs go, for a shuffle service; absent where memory does. */
    private readonly outputDirs?: LocalDirs,
  ) {}

  /** Whether map outputs outlive this process. */
  get keepsOutputsOnDisk(): boolean {
    return this.outputDirs !== undefined;
  }

  /** Whether the task is over. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** @throws FiresteelError LOCAL_DISK_FAILED */
  openSpill(): SpillFile {
    const { taskId } = this.task;
    const number = this.spills.length;
    const path = this.dirs.fileToWrite(taskId + number, 'spill', `${taskId}-${number}`);
    const spill = new SpillFile(path, this.compression, this.files, (bytes) =>
      this.memory.noteSpill(0, bytes),
    );
    this.spills.push(spill);
    return spill;
  }

  /** @throws FiresteelError LOCAL_DISK_FAILED */
  openMapOutput(shuffleId: number, mapPartition: number): ShuffleFileWriter {
    const { taskId, partition } = this.task;
    const name = `${mapPartition}-${taskId}`;
    const dirs = this.outputDirs ?? this.dirs;
    const path = dirs.fileToWrite(partition, shuffleDirectory(shuffleId), name);
    return new ShuffleFileWriter(path, this.compression);
  }

  /** Removes the spills. */
  close(): void {
    this.#isClosed = true;
    this.files.closeAll();
    for (const spill of this.spills) spill.discard();
    this.spills.length = 0;
  }
}
