import type { Chunk } from '@firesteel/shuffle';
import type { ChunkSource } from './chunk-source.js';
import { type RunningTask, TaskKilled } from './running-task.js';

/**
 * Pulls chunks until the end or until no more are wanted, waiting only where the source does, and
 * no longer when the task is killed: what users wait for may never come.
 */
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
  let giveUp: (reason: TaskKilled) => void = () => {};
  task.onKilled(() => giveUp(new TaskKilled()));
  const unlessKilled = (chunk: Promise<Chunk | null>): Promise<Chunk | null> =>
    new Promise((resolve, reject) => {
      giveUp = reject;
      chunk.then(resolve, reject);
    });
  try {
    let chunk = await unlessKilled(first);
    while (chunk !== null) {
      consume(chunk);
      if (isDone()) break;
      task.checkKilled();
      const next = source.next();
      chunk = next instanceof Promise ? await unlessKilled(next) : next;
    }
  } finally {
    source.close();
  }
}
