import { openBlock } from '@firesteel/codec';
import { FiresteelError } from '@firesteel/common';
import type { Pipeline, Split } from '@firesteel/plan';
import { CHUNK_ROWS, type Chunk, chunksOf } from '@firesteel/shuffle';
import { cachedSource } from './cached-source.js';
import { cartesianSource } from './cartesian-source.js';
import { type ChunkSource, concatenated, rowsChunk, sourceOf } from './chunk-source.js';
import { cogroupSource, groupSource } from './cogroup-source.js';
import { filesSource } from './file-sources.js';
import { combineSource, shuffleSource } from './keyed-sources.js';
import type { LeafSource } from './linear-pipeline.js';
import { zipPartitionsSource } from './map-partitions.js';
import type { PipelineOpener } from './pipeline-opener.js';
import type { RunningTask } from './running-task.js';
import { semiJoinSource } from './semi-join-source.js';
import { zipSource } from './zip-source.js';

/** Rows of a range that one chunk stands for: they take no memory. */
const RANGE_CHUNK_ROWS = 4096;

/**
 * Opens partition `partition` of a source.
 *
 * @param isJoined whether a join is all that reads it
 */
export function openSource(
  source: LeafSource,
  partition: number,
  task: RunningTask,
  opener: PipelineOpener,
  isJoined = false,
): ChunkSource {
  switch (source.kind) {
    case 'rows':
    case 'range':
      return splitSource(task.split(source.sourceId, partition), task);
    case 'files':
      return filesSource(source.format, task.split(source.sourceId, partition), task);
    case 'shuffle':
      return shuffleSource(source, partition, task);
    case 'cogroup':
      return cogroupSource(source, partition, task, opener, isJoined);
    case 'semiJoin':
      return semiJoinSource(source, partition, task, opener);
    case 'combine':
      return combineSource(source, partition, task, opener);
    case 'group':
      return groupSource(source, partition, task, opener);
    case 'zippedUnion':
      return joined(
        source.branches.map((branch) => [branch, partition]),
        task,
        opener,
      );
    case 'zip': {
      const [left, right] = branchesOf(source, partition, task, opener);
      return zipSource(left as ChunkSource, right as ChunkSource, partition, task);
    }
    case 'zipPartitions':
      return zipPartitionsSource(
        branchesOf(source, partition, task, opener),
        task.closures[source.fn] as never,
        task,
      );
    case 'cartesian': {
      const [left, right] = source.branches as readonly [Pipeline, Pipeline];
      const { numPartitions } = right.source;
      return cartesianSource(
        opener.openChunks(left, Math.floor(partition / numPartitions), task),
        () => opener.openChunks(right, partition % numPartitions, task),
        task,
      );
    }
    case 'coalesce':
      return joined(
        (source.groups[partition] ?? []).map((input) => [source.input, input]),
        task,
        opener,
      );
    case 'cached':
      return cachedSource(source, partition, task, opener);
    case 'lost':
      throw new FiresteelError(
        'CHECKPOINT_LOST',
        `No executor holds partition ${partition} of RDD ${source.rddId} any more, which localCheckpoint was called on: its lineage was forgotten. Use checkpoint for rows that must survive the loss of an executor.`,
        { data: { rddId: source.rddId, partition } },
      );
  }
}

function splitSource(split: Split, task: RunningTask): ChunkSource {
  switch (split.kind) {
    case 'rows':
      return sourceOf(counted(chunksOf([openBlock(split.block)]), split.rowCount, task));
    case 'range':
      return sourceOf(counted(rangeChunks(split), split.count, task));
    case 'files':
      throw new TypeError('files are read in their format');
  }
}

function* counted(chunks: Iterable<Chunk>, rows: number, task: RunningTask): Generator<Chunk> {
  task.counters.rowsRead += rows;
  yield* chunks;
}

function* rangeChunks({ start, step, count }: Extract<Split, { kind: 'range' }>): Generator<Chunk> {
  if (typeof start === 'number' && typeof step === 'number') {
    for (let from = 0; from < count; from += RANGE_CHUNK_ROWS)
      yield {
        kind: 'range',
        start: start + from * step,
        step,
        count: Math.min(RANGE_CHUNK_ROWS, count - from),
      };
    return;
  }
  let next = BigInt(start);
  const by = BigInt(step);
  for (let from = 0; from < count; from += CHUNK_ROWS) {
    const rows: bigint[] = [];
    for (let i = from; i < count && i < from + CHUNK_ROWS; i++, next += by) rows.push(next);
    yield rowsChunk(rows);
  }
}

function branchesOf(
  { branches }: { readonly branches: readonly Pipeline[] },
  partition: number,
  task: RunningTask,
  { openChunks }: PipelineOpener,
): ChunkSource[] {
  return branches.map((branch) => openChunks(branch, partition, task));
}

function joined(
  parts: readonly (readonly [Pipeline, number])[],
  task: RunningTask,
  { openChunks }: PipelineOpener,
): ChunkSource {
  const opens = parts.map(
    ([pipeline, partition]) =>
      () =>
        openChunks(pipeline, partition, task),
  );
  return concatenated(
    opens,
    parts.some(([pipeline]) => mayWait(pipeline)),
  );
}

/** Whether a pipeline has an operator of its own that may be asynchronous. */
function mayWait({ source, steps }: Pipeline): boolean {
  return (
    steps.some(({ kind }) => kind === 'mapAsync' || kind === 'mapPartitions' || kind === 'pipe') ||
    source.kind === 'zipPartitions' ||
    ('input' in source && mayWait(source.input)) ||
    ('branches' in source && source.branches.some(mayWait))
  );
}
