import type { StepProgram } from '@firesteel/plan';
import type { Chunk } from '@firesteel/shuffle';
import type { FusedStep } from '../compile/steps.js';
import { rowsOf } from './chunk-rows.js';
import { type ChunkSource, rowsChunk } from './chunk-source.js';
import { mapAsyncSource } from './map-async.js';
import { mapPartitionsSource } from './map-partitions.js';
import type { RunningTask } from './running-task.js';

/** Opens a step that cannot be part of a generated loop over the source before it. */
export function openBarrier(
  step: Exclude<StepProgram, FusedStep>,
  partition: number,
  source: ChunkSource,
  task: RunningTask,
): ChunkSource {
  switch (step.kind) {
    case 'glom':
      return glomSource(source);
    case 'zipWithIndex':
      return zipWithIndexSource(source, step.offsets[partition] as number);
    case 'mapAsync':
      return mapAsyncSource(source, task.closures[step.fn] as never, step.concurrency);
    case 'mapPartitions':
      return mapPartitionsSource(
        source,
        task.closures[step.fn] as never,
        step.withIndex ? partition : undefined,
      );
  }
}

/** One row: the array of all. */
function glomSource(source: ChunkSource): ChunkSource {
  let all: unknown[] | null = [];
  const next = (): Chunk | null | Promise<Chunk | null> => {
    while (all !== null) {
      const chunk = source.next();
      if (chunk instanceof Promise) return chunk.then(add);
      if (chunk === null) return finish();
      for (const row of rowsOf(chunk)) all.push(row);
    }
    return null;
  };
  const add = (chunk: Chunk | null) => {
    if (chunk === null) return finish();
    for (const row of rowsOf(chunk)) all?.push(row);
    return next();
  };
  const finish = (): Chunk => {
    const chunk = rowsChunk([all]);
    all = null;
    return chunk;
  };
  return { next, close: () => source.close() };
}

function zipWithIndexSource(source: ChunkSource, firstIndex: number): ChunkSource {
  let nextIndex = firstIndex;
  const number = (chunk: Chunk | null): Chunk | null => {
    if (chunk === null) return null;
    const keys = rowsOf(chunk);
    const values = keys.map((_, i) => nextIndex + i);
    nextIndex += keys.length;
    return { kind: 'pairs', keys, values, length: keys.length };
  };
  return {
    next() {
      const chunk = source.next();
      return chunk instanceof Promise ? chunk.then(number) : number(chunk);
    },
    close: () => source.close(),
  };
}
