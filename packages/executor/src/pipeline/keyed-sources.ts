import type { Aggregator, CogroupInput, Slot, SourceProgram } from '@firesteel/plan';
import {
  type Chunk,
  CombineTables,
  chunksOf,
  combineChunksOf,
  frameBytes,
  GroupTable,
  type InputFrame,
  keyGroups,
  sortedChunks,
} from '@firesteel/shuffle';
import { Loop } from '../compile/loop.js';
import type { CombinePlan } from '../sinks/combine.js';
import { type TablesState, tablesSink, tablesState } from '../sinks/tables-sink.js';
import { type ChunkSource, sourceOf } from './chunk-source.js';
import { pairsOf } from './pair-chunks.js';
import type { PipelineOpener } from './pipeline-opener.js';
import { pump } from './pump.js';
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
  const chunks =
    aggregator === undefined
      ? shuffledRows(shuffleId, partition, task)
      : aggregatedChunks(source, aggregator, partition, task);
  if (order === undefined) {
    yield* chunks;
    return;
  }
  const compare = order.compare === undefined ? undefined : task.closures[order.compare];
  yield* sortedChunks(chunks, order.ascending, compare as never);
}

/** The rows of a shuffle for one reduce partition as they were written. */
export function* shuffledRows(
  shuffleId: number,
  partition: number,
  task: RunningTask,
): Generator<Chunk> {
  for (const frame of fetched(shuffleId, partition, task)) yield* chunksOf([frame.open()]);
}

/** What the map tasks of a shuffle have for one reduce partition, counted. */
function* fetched(shuffleId: number, partition: number, task: RunningTask): Generator<InputFrame> {
  const { counters } = task;
  for (const frames of task.shuffleInputs(shuffleId, partition)) {
    task.checkKilled();
    for (const frame of frames) {
      counters.shuffleBytesRead += frameBytes(frame.header);
      counters.shuffleRowsRead += frame.header.rowCount;
      yield frame;
    }
  }
}

function* aggregatedChunks(
  { read, numPartitions }: ShuffleSource,
  aggregator: Aggregator<Slot, Slot>,
  partition: number,
  task: RunningTask,
): Generator<Chunk> {
  const { keyed, mapSideCombined } = read;
  const outputs = [...fetched(read.shuffleId, partition, task)];
  const aggregate =
    aggregator.kind === 'distinct' && keyed === 'row'
      ? distinctBlocks()
      : aggregator.kind === 'group' && !mapSideCombined
        ? groupedBlocks()
        : combinedBlocks(
            { aggregator, input: mapSideCombined ? 'combiners' : 'values', keyed },
            task,
          );
  for (const [frames] of keyGroups([outputs], keyed, numPartitions, task.space)) {
    task.checkKilled();
    yield* aggregate(frames as readonly InputFrame[]);
  }
}

/** Makes chunks of blocks with all rows of their keys; chunks live until the next call. */
type AggregateBlocks = (frames: readonly InputFrame[]) => Iterable<Chunk>;

function distinctBlocks(): AggregateBlocks {
  const tables = new CombineTables('reduce');
  return (frames) => {
    tables.clear();
    for (const frame of frames) tables.addKeys(frame.open());
    return keyChunks(tables);
  };
}

function groupedBlocks(): AggregateBlocks {
  const table = new GroupTable(1, 'group');
  return (frames) => {
    table.clear();
    for (const frame of frames) table.addBlock(0, frame.open());
    return table.chunks();
  };
}

function combinedBlocks(plan: CombinePlan, task: RunningTask): AggregateBlocks {
  const state = tablesState('reduce', task);
  const loop = new Loop([], tablesSink(plan), task.closures);
  return (frames) => {
    state.tables.clear();
    for (const chunk of frames.flatMap((frame) => [...combineChunksOf([frame.open()])])) {
      task.checkKilled();
      loop.run(chunk, state);
    }
    return tableChunks(state.tables, plan.aggregator);
  };
}

/** What combine tables hold: pairs, or for `distinct` the keys alone. */
function tableChunks(tables: CombineTables, aggregator: Aggregator<Slot, Slot>): Iterable<Chunk> {
  return aggregator.kind === 'distinct' ? keyChunks(tables) : tables.chunks();
}

function* keyChunks(tables: CombineTables): Generator<Chunk> {
  for (const { keys, length } of tables.chunks())
    yield { kind: 'rows', rows: keys as unknown[], from: 0, to: length };
}

/** Pairs that lie in the right partition already: combined where they are. */
export function combineSource(
  source: Extract<SourceProgram, { kind: 'combine' }>,
  partition: number,
  task: RunningTask,
  { drain }: PipelineOpener,
): ChunkSource {
  let output: ChunkSource | undefined;
  const open = (state: TablesState) => {
    output = sourceOf(tableChunks(state.tables, source.aggregator));
    return output.next();
  };
  return {
    next() {
      if (output !== undefined) return output.next();
      const { aggregator, keyed } = source;
      const sink = tablesSink({ aggregator, input: 'values', keyed });
      const state = tablesState('inPlace', task);
      const drained = drain(source.input, partition, sink, state, task);
      return drained instanceof Promise ? drained.then(() => open(state)) : open(state);
    },
    close: () => output?.close(),
  };
}

/** `[key, [values of input 0, values of input 1, …]]`. */
export function cogroupSource(
  { inputs, numPartitions }: Extract<SourceProgram, { kind: 'cogroup' }>,
  partition: number,
  task: RunningTask,
  opener: PipelineOpener,
): ChunkSource {
  const table = new GroupTable(inputs.length, 'cogroup');
  const shuffleIds = inputs.flatMap((input) => (input.kind === 'shuffle' ? [input.shuffleId] : []));
  if (shuffleIds.length < inputs.length)
    return cogroupedInputs(table, inputs, partition, task, opener);
  return sourceOf(cogroupedShuffles(table, shuffleIds, numPartitions, partition, task));
}

function* cogroupedShuffles(
  table: GroupTable,
  shuffleIds: readonly number[],
  numPartitions: number,
  partition: number,
  task: RunningTask,
): Generator<Chunk> {
  const outputs = shuffleIds.map((shuffleId) => [...fetched(shuffleId, partition, task)]);
  for (const sides of keyGroups(outputs, 'pair', numPartitions, task.space)) {
    table.clear();
    for (const [side, frames] of sides.entries())
      for (const frame of frames) {
        task.checkKilled();
        table.addBlock(side, frame.open());
      }
    yield* table.chunks();
  }
}

/** Rows that lie in the right partition already come as they are made. */
function cogroupedInputs(
  table: GroupTable,
  inputs: readonly CogroupInput[],
  partition: number,
  task: RunningTask,
  { openChunks }: PipelineOpener,
): ChunkSource {
  const add = (chunk: Chunk, side: number): void => {
    const { keys, values, length } = pairsOf(chunk);
    for (let i = 0; i < length; i++) table.add(side, keys[i], values[i]);
  };
  const readFrom = (side: number): void | Promise<void> => {
    for (let i = side; i < inputs.length; i++) {
      const input = inputs[i] as CogroupInput;
      const source =
        input.kind === 'shuffle'
          ? sourceOf(shuffledRows(input.shuffleId, partition, task))
          : openChunks(input.pipeline, partition, task);
      const read = pump(
        source,
        (chunk) => add(chunk, i),
        () => false,
        task,
      );
      if (read instanceof Promise) return read.then(() => readFrom(i + 1));
    }
  };
  let output: ChunkSource | undefined;
  const open = () => {
    output = sourceOf(table.chunks());
    return output.next();
  };
  return {
    next() {
      if (output !== undefined) return output.next();
      const read = readFrom(0);
      return read instanceof Promise ? read.then(open) : open();
    },
    close: () => output?.close(),
  };
}
