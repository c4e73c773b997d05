import { FiresteelError } from '@firesteel/common';
import { Persistence } from './persistence.js';

/** How an RDD lets go of its lineage. */
export abstract class Checkpointing extends Persistence {
  /**
   * Writes the rows to the directory of `setCheckpointDir` after the first action that uses this
   * RDD, and reads them there from then on: its lineage is forgotten, so that it neither grows in
   * an iterative program nor has to be computed again. The rows are written by a job of its own,
   * which computes them once more unless the RDD is cached. Returns this RDD.
   *
   * @throws FiresteelError CHECKPOINT_DIRECTORY_NOT_SET. Actions reject with OUTPUT_FAILED if the
   *   files cannot be written
   * @example
   * sc.setCheckpointDir('/data/checkpoints');
   * ranks = step(ranks).cache().checkpoint();
   */
  checkpoint(): this {
    this.context.assertRunning('checkpoint');
    const directory = this.context.getCheckpointDir();
    if (directory === undefined)
      throw new FiresteelError(
        'CHECKPOINT_DIRECTORY_NOT_SET',
        'checkpoint needs a directory for its files. Call sc.setCheckpointDir(directory) first.',
      );
    this.context.engine.checkpoint(this.node, directory);
    return this;
  }

  /**
   * Forgets the lineage like `checkpoint`, but keeps the rows on the executors, as an RDD that is
   * persisted in memory and on disk: faster, and gone with the executor. A job that needs rows
   * which are lost, or were given up by `unpersist`, fails with CHECKPOINT_LOST. Returns this RDD.
   */
  localCheckpoint(): this {
    this.context.assertRunning('localCheckpoint');
    if (!this.storageLevel.useDisk) {
      this.context.unpersistRDD(this.node);
      // Encoded blocks can be read by every thread of an executor.
      this.persist('MEMORY_AND_DISK_SER');
    }
    this.context.engine.localCheckpoint(this.node);
    return this;
  }

  /** Whether the rows are in a checkpoint, local or not, and the lineage was forgotten. */
  isCheckpointed(): boolean {
    return this.node.kind === 'checkpoint' || this.node.kind === 'localCheckpoint';
  }

  /** The directory of the files that the rows were written to; undefined if they were not. */
  getCheckpointFile(): string | undefined {
    return this.node.kind === 'checkpoint' ? this.node.path : undefined;
  }

  /**
   * Frees what the shuffles behind this RDD have written, in memory and in files, at once or when the
   * jobs that read it have ended. Those behind persisted RDDs of its lineage stay, for blocks that get
   * lost. A later job that needs one of them computes it again.
   */
  cleanShuffleDependencies(): void {
    this.context.assertRunning('cleanShuffleDependencies');
    this.context.engine.removeShuffles(this.node);
  }
}
