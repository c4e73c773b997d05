import { CHUNK_ROWS, type Chunk } from '@firesteel/shuffle';
import { type ChunkSource, rowsChunk } from './chunk-source.js';
import type { RunningTask } from './running-task.js';

/**
 * The rows of a user's async iterator. At most a chunk of them is asked for ahead; what there is
 * goes on after one turn of the event loop, so that a slow iterator does not hold back its rows. A
 * task that is killed does not wait for the next row.
 */
export class AsyncRows implements ChunkSource {
  private rows: unknown[] = [];
  private failure: { readonly error: unknown } | undefined;
  private isReading = false;
  private hasEnded = false;
  private wake: () => void = () => {};

  constructor(
    private readonly iterator: AsyncIterator<unknown>,
    private readonly task: RunningTask,
  ) {
    task.onKilled(() => this.wake());
  }

  async next(): Promise<Chunk | null> {
    void this.read();
    while (this.rows.length === 0 && !this.hasEnded) {
      // Before it waits: the kill may have come while nobody listened.
      this.task.checkKilled();
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    if (!this.hasEnded && this.rows.length < CHUNK_ROWS) await nextTurn();
    const { rows } = this;
    this.rows = [];
    if (rows.length > 0) return rowsChunk(rows);
    if (this.failure !== undefined) throw this.failure.error;
    return null;
  }

  close(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    // It may wait for a row that never comes, and nobody wants to know any more how it ends.
    void Promise.resolve(this.iterator.return?.()).catch(() => {});
  }

  private async read(): Promise<void> {
    if (this.isReading) return;
    this.isReading = true;
    try {
      while (!this.hasEnded && this.rows.length < CHUNK_ROWS) {
        const result = await this.iterator.next();
        if (result.done === true) this.hasEnded = true;
        else this.rows.push(result.value);
        this.wake();
      }
    } catch (error) {
      this.failure = { error };
      this.hasEnded = true;
      this.wake();
    } finally {
      this.isReading = false;
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
