import type { Chunk } from '@firesteel/shuffle';
import type { ChunkSource } from './chunk-source.js';
import type { RunningTask } from './running-task.js';

/** Pulls chunks until the end or until no more are wanted, waiting only where the source does. */
export function pump(
  source: ChunkSource,
  consume: (chunk: Chunk) => void,
  isDone: () => boolean,
  task: RunningTask,
): void | Promise<void> {
  let closes = true;
  try {
    while (!isDone()) {
      task.checkKilled();
      const chunk = source.next();
      if (chunk instanceof Promise) {
        closes = false;
        return pumpAsync(source, chunk, consume, isDone, task);
      }
      if (chunk === null) break;
      consume(chunk);
    }
  } finally {
    if (closes) source.close();
  }
}

async function pumpAsync(
  source: ChunkSource,
  first: Promise<Chunk | null>,
  consume: (chunk: Chunk) => void,
  isDone: () => boolean,
  task: RunningTask,
): Promise<void> {
  try {
    let chunk = await first;
    while (chunk !== null) {
      consume(chunk);
      if (isDone()) break;
      task.checkKilled();
      chunk = await source.next();
    }
  } finally {
    source.close();
  }
}
