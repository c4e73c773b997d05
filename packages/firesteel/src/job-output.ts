import { noteSuppressed } from '@firesteel/common';
import { fileSystemOf } from '@firesteel/io';
import type { ActionSpec, RowSink, WrittenPart } from '@firesteel/plan';

/** Where the rows of an action go, besides its promise. */
interface JobOutput {
  commit(parts: readonly WrittenPart[]): void | Promise<void>;
  abort(error: unknown): void | Promise<void>;
}

/**
 * Runs the jobs of an action between the beginning and the end of its output, if it has one. The
 * scheduler gives one result for each partition, and with them what the commit publishes.
 */
export async function withOutput(
  action: ActionSpec,
  runJobs: () => Promise<unknown[]>,
): Promise<unknown[]> {
  const output = await outputOf(action);
  if (output === undefined) return runJobs();
  try {
    const parts = await runJobs();
    await output.commit(parts as WrittenPart[]);
    return parts;
  } catch (error) {
    try {
      await output.abort(error);
    } catch (abortError) {
      noteSuppressed(error, abortError);
    }
    throw error;
  }
}

async function outputOf(action: ActionSpec): Promise<JobOutput | undefined> {
  if (action.kind === 'save') return fileSystemOf(action.output.path).beginOutput(action.output);
  if (action.kind !== 'saveTo') return undefined;
  const sink = action.sink as RowSink<unknown, unknown>;
  await sink.begin?.();
  return {
    commit: (parts) => sink.commit?.(parts.map(({ message }) => message)),
    abort: (error) => sink.abort?.(error),
  };
}
