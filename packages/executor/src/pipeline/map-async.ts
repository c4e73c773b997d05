import type { Chunk } from '@firesteel/shuffle';
import { rowsOf } from './chunk-rows.js';
import { type ChunkSource, rowsChunk } from './chunk-source.js';

/**
 * Calls an async function for each row with at most `concurrency` calls under way, across the
 * borders of chunks; results come in the order of the rows. The first rejection ends the task
 * when its turn comes, and no further row is started after it, nor after `close`.
 */
export function mapAsyncSource(
  source: ChunkSource,
  fn: (row: unknown) => unknown,
  concurrency: number,
): ChunkSource {
  const running: Promise<unknown>[] = [];
  let waiting: unknown[] = [];
  let position = 0;
  let ended = false;
  let stopped = false;

  const start = (row: unknown): void => {
    const call = (async () => fn(row))();
    // Handled when its turn comes; until then a rejection only stops new calls.
    call.catch(() => {
      stopped = true;
    });
    running.push(call);
  };

  const fill = async (): Promise<void> => {
    while (running.length < concurrency && !stopped) {
      if (position < waiting.length) {
        start(waiting[position++]);
        continue;
      }
      if (ended) return;
      const chunk = await source.next();
      position = 0;
      waiting = chunk === null ? [] : rowsOf(chunk);
      ended = chunk === null;
    }
  };

  const next = async (): Promise<Chunk | null> => {
    await fill();
    if (running.length === 0) return null;
    const rows: unknown[] = [await running.shift()];
    // Whatever else has settled by now would only wait for another turn of the event loop.
    while (rows.length < concurrency && running.length > 0) {
      await fill();
      rows.push(await running.shift());
    }
    return rowsChunk(rows);
  };

  const close = (): void => {
    stopped = true;
    running.length = 0;
    source.close();
  };

  return { next, close };
}
