import { noteSuppressed } from '@firesteel/common';
import type { Pipeline, RowSink, WrittenPart } from '@firesteel/plan';
import { rowsOf } from '../pipeline/chunk-rows.js';
import { openChunks } from '../pipeline/open-pipeline.js';
import type { RunningTask } from '../pipeline/running-task.js';

/** Writes a partition to a sink of the user, which may make it wait between chunks. */
export async function writeToRowSink(
  pipeline: Pipeline,
  sink: RowSink<unknown, unknown>,
  task: RunningTask,
): Promise<WrittenPart> {
  const { partition, attempt, counters } = task;
  const writer = await sink.open(partition, attempt);
  let rows = 0;
  try {
    const source = openChunks(pipeline, partition, task);
    try {
      for (let chunk = await source.next(); chunk !== null; chunk = await source.next()) {
        task.checkKilled();
        const some = rowsOf(chunk);
        if (some.length === 0) continue;
        rows += some.length;
        await writer.write(some);
      }
    } finally {
      source.close();
    }
    const message = await writer.finish();
    counters.rowsWritten += rows;
    return { partition, rows, bytes: 0, message };
  } catch (error) {
    try {
      await writer.abort?.();
    } catch (abortError) {
      noteSuppressed(error, abortError);
    }
    throw error;
  }
}
