import type { Slot, StepProgram } from '@firesteel/plan';
import type { Chunk } from '@firesteel/shuffle';
import type { FusedStep } from '../compile/steps.js';
import { GatheredRows } from '../sinks/gathered-rows.js';
import { broadcastJoinSource } from './broadcast-join-source.js';
import { rowsOf } from './chunk-rows.js';
import { type ChunkSource, mappedSource, rowsChunk } from './chunk-source.js';
import { chunkedRowsSource } from './chunked-rows.js';
import { mapAsyncSource } from './map-async.js';
import { mapPartitionsSource } from './map-partitions.js';
import { pipeSource } from './pipe-source.js';
import type { RunningTask } from './running-task.js';
import { slidingSource } from './sliding-source.js';
import { sortSource } from './sort-source.js';

/** Opens a step that cannot be part of a generated loop over the source before it. */
export function openBarrier(
  step: Exclude<StepProgram, FusedStep | { kind: 'aggregatePartitions' }>,
  partition: number,
  source: ChunkSource,
  task: RunningTask,
): ChunkSource {
  switch (step.kind) {
    case 'glom':
      return glomSource(source, task);
    case 'zipWithIndex':
      return numberedSource(source, step.offsets[partition] as number, 1);
    case 'zipWithUniqueId':
      return numberedSource(source, partition, step.stride);
    case 'chunk':
      return chunkedRowsSource(source, step.size);
    case 'sort':
      return sortSource(source, step.ascending, closureAt(task, step.compare), task);
    case 'sliding':
      return slidingSource(source, step, partition);
    case 'broadcastJoin':
      return broadcastJoinSource(source, step);
    case 'pipe':
      return pipeSource(source, step, task);
    case 'mapAsync':
      return mapAsyncSource(source, task.closures[step.fn] as never, step.concurrency);
    case 'mapPartitions':
      return mapPartitionsSource(
        source,
        task.closures[step.fn] as never,
        step.withIndex ? partition : undefined,
        task,
      );
  }
}

function closureAt(task: RunningTask, slot: Slot | undefined): never {
  return (slot === undefined ? undefined : task.closures[slot]) as never;
}

/** One row: the array of all. */
function glomSource(source: ChunkSource, { space }: RunningTask): ChunkSource {
  const gathered = new GatheredRows(space.memory, 'glom()');
  let all: unknown[] | null = [];
  const next = (): Chunk | null | Promise<Chunk | null> => {
    while (all !== null) {
      const chunk = source.next();
      if (chunk instanceof Promise) return chunk.then(addLater);
      if (chunk === null) return finish();
      add(all, chunk);
    }
    return null;
  };
  const addLater = (chunk: Chunk | null) => {
    if (chunk === null || all === null) return finish();
    add(all, chunk);
    return next();
  };
  const add = (to: unknown[], chunk: Chunk) => {
    for (const row of rowsOf(chunk)) to.push(row);
    gathered.check(to);
  };
  const finish = (): Chunk => {
    const chunk = rowsChunk([all]);
    all = null;
    return chunk;
  };
  return { next, close: () => source.close() };
}

/** `[row, number]`: the first row gets `first`, each further one `stride` more. */
function numberedSource(source: ChunkSource, first: number, stride: number): ChunkSource {
  let next = first;
  return mappedSource(source, (chunk) => {
    const keys = rowsOf(chunk);
    const values = keys.map((_, i) => next + i * stride);
    next += keys.length * stride;
    return { kind: 'pairs', keys, values, length: keys.length };
  });
}
