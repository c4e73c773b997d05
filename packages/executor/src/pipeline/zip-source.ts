import { FiresteelError } from '@firesteel/common';
import type { Chunk } from '@firesteel/shuffle';
import { rowsOf } from './chunk-rows.js';
import type { ChunkSource } from './chunk-source.js';
import type { RunningTask } from './running-task.js';

/** Rows of a longer side that are counted for the message; it may have no end. */
const MAX_COUNTED_ROWS = 1_000_000;

/** `[left row, right row]` by position; holds a chunk of each side. */
export function zipSource(
  leftSource: ChunkSource,
  rightSource: ChunkSource,
  partition: number,
  task: RunningTask,
): ChunkSource {
  const left = new Side(leftSource);
  const right = new Side(rightSource);

  const pair = (): Chunk | null | Promise<Chunk | null> => {
    const length = Math.min(left.waiting, right.waiting);
    if (length > 0)
      return { kind: 'pairs', keys: left.take(length), values: right.take(length), length };
    if (left.waiting === right.waiting) return null;
    return countRest(left.waiting > 0 ? left : right);
  };

  /** One side has ended and `longer` has not: says how long each is. */
  const countRest = (longer: Side): never | Promise<never> => {
    while (longer.waiting > 0 && longer.taken < MAX_COUNTED_ROWS) {
      task.checkKilled();
      longer.take(longer.waiting);
      const filled = longer.fill();
      if (filled instanceof Promise) return filled.then(() => countRest(longer));
    }
    throw lengthsDiffer(partition, left, right);
  };

  return {
    next() {
      const filled = [left.fill(), right.fill()];
      return filled.some((promise) => promise instanceof Promise)
        ? Promise.all(filled).then(pair)
        : pair();
    },
    close() {
      leftSource.close();
      rightSource.close();
    },
  };
}

/** A source with the rows of its last chunk that have not been taken. */
class Side {
  /** Rows taken so far. */
  taken = 0;
  private rows: readonly unknown[] = [];
  private position = 0;
  private ended = false;

  constructor(private readonly source: ChunkSource) {}

  get waiting(): number {
    return this.rows.length - this.position;
  }

  /** Reads on until rows are waiting or the source has ended. */
  fill(): void | Promise<void> {
    while (this.waiting === 0 && !this.ended) {
      const chunk = this.source.next();
      if (chunk instanceof Promise)
        return chunk.then((c) => this.accept(c)).then(() => this.fill());
      this.accept(chunk);
    }
  }

  take(length: number): unknown[] {
    const rows = this.rows.slice(this.position, this.position + length);
    this.position += length;
    this.taken += length;
    return rows;
  }

  toString(): string {
    const total = this.taken + this.waiting;
    return `${this.ended ? '' : 'at least '}${total} ${total === 1 ? 'row' : 'rows'}`;
  }

  private accept(chunk: Chunk | null): void {
    this.ended = chunk === null;
    this.rows = chunk === null ? [] : rowsOf(chunk);
    this.position = 0;
  }
}

function lengthsDiffer(partition: number, left: Side, right: Side): FiresteelError {
  return new FiresteelError(
    'ZIP_LENGTHS_DIFFER',
    `zip needs partitions of equal lengths, but partition ${partition} has ${left} on the left and ${right} on the right. Use zipPartitions to treat the rest as you like, or zipWithIndex on both and join by the index.`,
    {
      data: {
        partition,
        leftRows: left.taken + left.waiting,
        rightRows: right.taken + right.waiting,
      },
    },
  );
}
