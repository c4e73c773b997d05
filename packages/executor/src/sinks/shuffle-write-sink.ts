import type { SinkProgram } from '@firesteel/plan';
import {
  KeyedOutputWriter,
  MapOutputWriter,
  type Partitioner,
  reviveBuckets,
  revivePartitioner,
  SortedOutputWriter,
} from '@firesteel/shuffle';
import type { LineAt } from '../compile/row.js';
import type { RunningTask } from '../pipeline/running-task.js';
import { type CombinePlan, WRITE_THROUGH } from './combine.js';
import type { Sink, SinkState } from './sink.js';
import { emptyTables, hasRoom, type TablesState, tablesSink, tablesState } from './tables-sink.js';

type ShuffleWrite = Extract<SinkProgram, { kind: 'shuffleWrite' }>;

/** Sorts rows into the partitions of the shuffle, combined by key first where the plan says so. */
export function shuffleWriteSink(plan: ShuffleWrite): unknown {
  const { combine, keyed, partitioner } = plan;
  if (combine !== undefined) {
    const combined: CombinePlan = { aggregator: combine, input: 'values', keyed };
    return partitioner.kind === 'hash'
      ? combiningWriteSink(plan, combined)
      : tablesWriteSink(plan, combined);
  }
  return plan.isGrouped && partitioner.kind === 'hash' && keyed === 'pair'
    ? groupedWriteSink(plan)
    : plainWriteSink(plan);
}

function partitionerOf({ partitioner }: ShuffleWrite, task: RunningTask): Partitioner {
  return revivePartitioner(partitioner, task.closures, task.partition);
}

function keyedWriter(plan: ShuffleWrite, task: RunningTask): KeyedOutputWriter {
  const { numPartitions, partitionOf } = partitionerOf(plan, task);
  return new KeyedOutputWriter(numPartitions, task.space, plan.keyed, partitionOf);
}

interface PlainState extends SinkState {
  /** Or what cuts partitions into buckets. */
  partitioner: Pick<Partitioner, 'partitionOf'>;
  writer: MapOutputWriter | SortedOutputWriter;
}

/** Rows keep their order in each partition, or in each bucket of one that is going to be sorted. */
function plainWriteSink(plan: ShuffleWrite): Sink<PlainState> {
  return {
    prologue: (code) => code.line('const writer = S.writer, partitioner = S.partitioner;'),
    row: (row, code) => {
      if (plan.keyed === 'row') {
        const v = code.variable(row);
        const partition = partitionOf(plan, v);
        const line = row.kind === 'row' ? row.line : undefined;
        if (line === undefined) code.line(`writer.appendRow(${partition}, ${v});`);
        else code.line(`writer.appendAscii(${partition}, ${asciiArguments(line)});`);
        return;
      }
      const { key, value } = code.pair(row);
      const k = code.name('k');
      if (row.kind === 'pair' && row.valueLine !== undefined) {
        code.line(`const ${k} = ${key};`);
        const partition = partitionOf(plan, k);
        code.line(`writer.appendAsciiPair(${partition}, ${k}, ${asciiArguments(row.valueLine)});`);
        return;
      }
      const v = code.name('v');
      code.line(`const ${k} = ${key}, ${v} = ${value};`);
      if (plan.partitioner.kind === 'hash') {
        code.line(`if (typeof ${k} === 'string' && typeof ${v} === 'number')`);
        code.line(`  writer.appendStringNumber(${k}, ${v}); else`);
        code.line(`if (typeof ${k} === 'number' && typeof ${v} === 'number')`);
        code.line(`  writer.appendNumbers(${k}, ${v}); else`);
      } else if (plan.partitioner.kind === 'range') {
        code.line(`if (typeof ${k} === 'number' && typeof ${v} === 'number')`);
        code.line(`  writer.appendNumbersTo(partitioner.partitionOf(${k}), ${k}, ${v}); else`);
      }
      code.line(`writer.appendPair(${partitionOf(plan, k)}, ${k}, ${v});`);
    },
    afterChunk: ({ writer }) => writer.checkMemory(),
    createState: (task) => {
      const { numPartitions } = plan.partitioner;
      const buckets = plan.isSorted ? reviveBuckets(plan.partitioner, task.closures) : undefined;
      if (buckets === undefined)
        return {
          done: false,
          partitioner: partitionerOf(plan, task),
          writer: new MapOutputWriter(numPartitions, task.space),
        };
      return {
        done: false,
        partitioner: buckets,
        writer: new SortedOutputWriter(numPartitions, task.space, buckets.partitions),
      };
    },
    finish: ({ writer }, task) => ({ mapOutput: writer.finish(plan.shuffleId, task.partition) }),
  };
}

function asciiArguments({ view, at, end }: LineAt): string {
  return `${view}, ${at}, ${end} - ${at}`;
}

/** The reduce partition of a key; the common kinds are hashed in the loop itself. */
function partitionOf({ partitioner }: ShuffleWrite, key: string): string {
  if (partitioner.kind !== 'hash') return `partitioner.partitionOf(${key})`;
  const n = partitioner.numPartitions;
  return (
    `typeof ${key} === 'string' ? (hashString(${key}) >>> 0) % ${n} ` +
    `: typeof ${key} === 'number' ? (hashNumber(${key}) >>> 0) % ${n} : partitioner.partitionOf(${key})`
  );
}

interface GroupedState extends SinkState {
  writer: KeyedOutputWriter;
}

/** Rows of one key keep their order. */
function groupedWriteSink(plan: ShuffleWrite): Sink<GroupedState> {
  return {
    prologue: (code) => code.line('const writer = S.writer;'),
    row: (row, code) => {
      const { key, value } = code.pair(row);
      const k = code.name('k');
      const v = code.name('v');
      code.line(`const ${k} = ${key}, ${v} = ${value};`);
      code.line(`if (typeof ${v} !== 'number') writer.appendPair(${k}, ${v});`);
      code.line(`else if (typeof ${k} === 'number') writer.appendNumbers(${k}, ${v});`);
      code.line(`else if (typeof ${k} === 'string') writer.appendStringNumber(${k}, ${v});`);
      code.line(`else writer.appendPair(${k}, ${v});`);
    },
    afterChunk: ({ writer }) => writer.checkMemory(),
    createState: (task) => ({ done: false, writer: keyedWriter(plan, task) }),
    finish: ({ writer }, task) => ({ mapOutput: writer.finish(plan.shuffleId, task.partition) }),
  };
}

interface PartitionedTables extends TablesState {
  partitioner: Partitioner;
  writer: MapOutputWriter;
}

/** Combines before it writes, for partitioners that need the key itself. */
function tablesWriteSink(plan: ShuffleWrite, combine: CombinePlan): Sink<PartitionedTables> {
  const write = (state: PartitionedTables) => {
    const { writer, partitioner } = state;
    for (const { keys, values, length } of state.tables.chunks()) {
      for (let i = 0; i < length; i++)
        if (plan.keyed === 'row') writer.appendRow(partitioner.partitionOf(keys[i]), keys[i]);
        else writer.appendPair(partitioner.partitionOf(keys[i]), keys[i], values[i]);
      writer.checkMemory();
    }
  };
  return {
    ...tablesSink(combine),
    createState: (task) => ({
      ...tablesState('map', task),
      partitioner: partitionerOf(plan, task),
      writer: new MapOutputWriter(plan.partitioner.numPartitions, task.space),
    }),
    afterChunk: (state) => {
      if (hasRoom(state)) return;
      write(state);
      emptyTables(state, 'map');
    },
    finish: (state, task) => {
      write(state);
      return { mapOutput: state.writer.finish(plan.shuffleId, task.partition) };
    },
  };
}

interface CombiningState extends GroupedState, TablesState {
  /** Whether rows with keys of common kinds are written as they come. */
  writesThrough: boolean;
}

/** Above this a table no longer fits the second-level cache. */
const MANY_KEYS = 1 << 16;
/** Below so many rows a key, combining on the map side does not pay for its cache misses. */
const FEW_ROWS_PER_KEY = 3;

/**
 * Combines before it writes, unless there are many keys and few rows for each: then keys with
 * numeric combiners go straight to the buckets of their partition, and the reduce side does all of
 * the combining.
 */
function combiningWriteSink(plan: ShuffleWrite, combine: CombinePlan): Sink<CombiningState> {
  return {
    ...tablesSink(combine),
    createState: (task) => ({
      ...tablesState('map', task),
      writer: keyedWriter(plan, task),
      writesThrough: false,
    }),
    variant: ({ writesThrough }) => (writesThrough ? WRITE_THROUGH : undefined),
    afterChunk: (state) => {
      state.writer.checkMemory();
      if (!hasRoom(state)) {
        state.writer.appendTables(state.tables);
        emptyTables(state, 'map');
      }
      if (state.writesThrough) return;
      const { size, strings, numbers } = state.tables;
      if (size > MANY_KEYS && state.rows < size * FEW_ROWS_PER_KEY)
        state.writesThrough = strings.boxed === null && numbers.boxed === null;
    },
    finish: ({ writer, tables }, task) => {
      writer.appendTables(tables);
      return { mapOutput: writer.finish(plan.shuffleId, task.partition) };
    },
  };
}
