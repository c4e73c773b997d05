import type { Aggregator, Slot, SourceProgram } from '@firesteel/plan';
import {
  type Chunk,
  chunksOf,
  ExternalSorter,
  frameBytes,
  GroupedParts,
  type GroupingOptions,
  HeldFrames,
  type InputFrame,
  keyGroups,
  sortedFrames,
} from '@firesteel/shuffle';
import { tablesSink } from '../sinks/tables-sink.js';
import { type ChunkSource, sourceOf } from './chunk-source.js';
import { CombiningTables } from './combining-tables.js';
import { pairsOf } from './pair-chunks.js';
import type { PipelineOpener } from './pipeline-opener.js';
import type { RunningTask } from './running-task.js';

type ShuffleSource = Extract<SourceProgram, { kind: 'shuffle' }>;

/** The reduce side of a shuffle: blocks of all map tasks, combined and ordered as asked for. */
export function shuffleSource(
  source: ShuffleSource,
  partition: number,
  task: RunningTask,
): ChunkSource {
  return sourceOf(shuffleChunks(source, partition, task));
}

function* shuffleChunks(
  source: ShuffleSource,
  partition: number,
  task: RunningTask,
): Generator<Chunk> {
  const { shuffleId, aggregator, order } = source.read;
  if (order === undefined) {
    if (aggregator === undefined) yield* shuffledRows(shuffleId, partition, task);
    else yield* aggregatedChunks(source, aggregator, partition, task);
    return;
  }
  const compare = order.compare === undefined ? undefined : task.closures[order.compare];
  if (aggregator === undefined) {
    const frames = fetched(shuffleId, partition, task);
    yield* sortedFrames(frames, task.space, order.ascending, compare as never);
    return;
  }
  const sorter = new ExternalSorter(task.space, order.ascending, compare as never);
  for (const chunk of aggregatedChunks(source, aggregator, partition, task))
    sorter.addPairs(pairsOf(chunk));
  yield* sorter.sorted();
}

/** The rows of a shuffle for one reduce partition as they were written. */
export function* shuffledRows(
  shuffleId: number,
  partition: number,
  task: RunningTask,
): Generator<Chunk> {
  for (const frame of fetched(shuffleId, partition, task)) yield* chunksOf([frame.open()]);
}

/** The blocks that map tasks have made for one reduce partition, counted. */
function* fetched(shuffleId: number, partition: number, task: RunningTask): Generator<InputFrame> {
  const { counters } = task;
  for (const frames of task.shuffleInputs(shuffleId, partition)) {
    task.checkKilled();
    for (const frame of frames) {
      counters.shuffleBytesRead += frameBytes(frame.header);
      counters.shuffleBlockBytesRead += frame.header.blockBytes;
      counters.shuffleRowsRead += frame.header.rowCount;
      yield frame;
    }
  }
}

/** All of them, to be read more than once. */
export function heldFrames(
  shuffleId: number,
  partition: number,
  task: RunningTask,
): readonly InputFrame[] {
  const held = new HeldFrames(task.space);
  for (const frame of fetched(shuffleId, partition, task)) held.add(frame);
  return held.frames;
}

function* aggregatedChunks(
  { read, numPartitions }: ShuffleSource,
  aggregator: Aggregator<Slot, Slot>,
  partition: number,
  task: RunningTask,
): Generator<Chunk> {
  const { keyed, mapSideCombined, shuffleId } = read;
  const frames = heldFrames(shuffleId, partition, task);
  const aggregate = aggregation(aggregator, { keyed, mapSideCombined }, task);
  for (const [part = []] of keyGroups([frames], keyed, numPartitions, task.space)) {
    task.checkKilled();
    yield* aggregate(part);
  }
}

/** Makes chunks of blocks with all rows of their keys; chunks live until the next call. */
function aggregation(
  aggregator: Aggregator<Slot, Slot>,
  { keyed, mapSideCombined }: Pick<ShuffleSource['read'], 'keyed' | 'mapSideCombined'>,
  task: RunningTask,
): (frames: readonly InputFrame[]) => Iterable<Chunk> {
  if (aggregator.kind === 'group') {
    const parts = groupedParts(task, { form: 'group', sideCount: 1, isJoin: false });
    return (frames) => parts.chunks([frames]);
  }
  const plan = { aggregator, input: mapSideCombined ? 'combiners' : 'values', keyed } as const;
  const tables = new CombiningTables(plan, 'reduce', task);
  return (frames) => tables.combined(frames);
}

export function groupedParts(
  task: RunningTask,
  options: Omit<GroupingOptions, 'checkKilled'>,
): GroupedParts {
  return new GroupedParts(task.space, { ...options, checkKilled: () => task.checkKilled() });
}

/** Pairs that lie in the right partition already: combined where they are. */
export function combineSource(
  source: Extract<SourceProgram, { kind: 'combine' }>,
  partition: number,
  task: RunningTask,
  { drain }: PipelineOpener,
): ChunkSource {
  let output: ChunkSource | undefined;
  const open = (tables: CombiningTables) => {
    output = sourceOf(tables.chunks());
    return output.next();
  };
  return {
    next() {
      if (output !== undefined) return output.next();
      const { aggregator, keyed } = source;
      const plan = { aggregator, input: 'values', keyed } as const;
      const tables = new CombiningTables(plan, 'inPlace', task);
      const sink = { ...tablesSink(plan), afterChunk: () => tables.checkMemory() };
      const drained = drain(source.input, partition, sink, tables.state, task);
      return drained instanceof Promise ? drained.then(() => open(tables)) : open(tables);
    },
    close: () => output?.close(),
  };
}
