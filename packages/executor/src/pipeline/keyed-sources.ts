import type { Block } from '@firesteel/codec';
import type { Aggregator, CogroupInput, ShuffleRead, Slot, SourceProgram } from '@firesteel/plan';
import {
  CHUNK_ROWS,
  type Chunk,
  type CombineTables,
  chunksOf,
  combineChunksOf,
  KeyTable,
  type ReadTotals,
  readBlocks,
  sortedChunks,
  stringKeysHaveNumbers,
} from '@firesteel/shuffle';
import { Loop } from '../compile/loop.js';
import type { CombinePlan } from '../sinks/combine.js';
import {
  combinedBuckets,
  type TablesState,
  tablesSink,
  tablesState,
} from '../sinks/tables-sink.js';
import { rowsOf } from './chunk-rows.js';
import { type ChunkSource, sourceOf } from './chunk-source.js';
import type { PipelineOpener } from './pipeline-opener.js';
import { pump } from './pump.js';
import type { RunningTask } from './running-task.js';

/** The reduce side of a shuffle: blocks of all map tasks, combined and ordered as asked for. */
export function shuffleSource(
  read: ShuffleRead,
  partition: number,
  task: RunningTask,
): ChunkSource {
  return sourceOf(shuffleChunks(read, partition, task));
}

function* shuffleChunks(read: ShuffleRead, partition: number, task: RunningTask): Generator<Chunk> {
  const { aggregator, order } = read;
  const blocks = fetchedBlocks(read.shuffleId, partition, task);
  const chunks =
    aggregator === undefined ? chunksOf(blocks) : combinedChunks(blocks, read, aggregator, task);
  if (order === undefined) {
    yield* chunks;
    return;
  }
  const compare = order.compare === undefined ? undefined : task.closures[order.compare];
  yield* sortedChunks(chunks, order.ascending, compare as never);
}

/** The blocks of one reduce partition, counted. */
export function* fetchedBlocks(
  shuffleId: number,
  partition: number,
  task: RunningTask,
): Generator<Block> {
  const totals: ReadTotals = { rows: 0, bytes: 0 };
  for (const block of readBlocks(task.shuffleBlocks(shuffleId, partition), totals)) {
    task.checkKilled();
    yield block;
  }
  task.counters.shuffleRowsRead += totals.rows;
  task.counters.shuffleBytesRead += totals.bytes;
}

/** Rows in one reduce partition from which keys are scattered before they are combined. */
const MANY_ROWS = 1 << 18;

function* combinedChunks(
  blocks: Iterable<Block>,
  read: ShuffleRead,
  aggregator: Aggregator<Slot, Slot>,
  task: RunningTask,
): Generator<Chunk> {
  const all = [...blocks];
  const rows = all.reduce((sum, block) => sum + block.rowCount, 0);
  const plan: CombinePlan = {
    aggregator,
    input: read.mapSideCombined ? 'combiners' : 'values',
    keyed: read.keyed,
  };
  // A key must not be in a bucket and in a table at once: none whose values may be of any kind.
  const scatters = rows > MANY_ROWS && aggregator.kind !== 'distinct' && stringKeysHaveNumbers(all);
  const state = tablesState('reduce', scatters ? rows : 0);
  const loop = new Loop([], tablesSink(plan), task.closures);
  for (const chunk of combineChunksOf(all)) {
    task.checkKilled();
    loop.run(chunk, state);
  }
  yield* tableChunks(state.tables, aggregator);
  if (state.buckets === null) return;
  for (const tables of combinedBuckets(state.buckets, plan, task.closures))
    yield* tableChunks(tables, aggregator);
}

/** What combine tables hold: pairs, or for `distinct` the keys alone. */
function* tableChunks(tables: CombineTables, aggregator: Aggregator<Slot, Slot>): Generator<Chunk> {
  if (aggregator.kind !== 'distinct') {
    yield* tables.chunks();
    return;
  }
  for (const { keys, length } of tables.chunks())
    yield { kind: 'rows', rows: keys, from: 0, to: length };
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
      const state = tablesState('inPlace');
      const drained = drain(source.input, partition, sink, state, task);
      return drained instanceof Promise ? drained.then(() => open(state)) : open(state);
    },
    close: () => output?.close(),
  };
}

/** `[key, [values of input 0, values of input 1, …]]` in the order of the first meeting. */
export function cogroupSource(
  inputs: readonly CogroupInput[],
  partition: number,
  task: RunningTask,
  { openChunks }: PipelineOpener,
): ChunkSource {
  const table = new KeyTable('inPlace');
  const add = (chunk: Chunk, side: number): void => {
    for (const row of rowsOf(chunk) as [unknown, unknown][]) {
      let entry = table.find(row[0]);
      if (entry < 0) {
        entry = ~entry;
        table.values[entry] = inputs.map(() => []);
      }
      (table.values[entry] as unknown[][])[side]?.push(row[1]);
    }
  };
  const readFrom = (side: number): void | Promise<void> => {
    for (let i = side; i < inputs.length; i++) {
      const input = inputs[i] as CogroupInput;
      const source =
        input.kind === 'shuffle'
          ? sourceOf(chunksOf(fetchedBlocks(input.shuffleId, partition, task)))
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
    output = sourceOf(groupChunks(table));
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

function* groupChunks({ keys, values }: KeyTable): Generator<Chunk> {
  for (let from = 0; from < keys.length; from += CHUNK_ROWS) {
    const to = Math.min(keys.length, from + CHUNK_ROWS);
    const chunk = { keys: keys.slice(from, to), values: values.slice(from, to) };
    yield { kind: 'pairs', ...chunk, length: to - from };
  }
}
