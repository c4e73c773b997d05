import type { SinkProgram } from '@firesteel/plan';
import { MapOutputWriter, type Partitioner, revivePartitioner } from '@firesteel/shuffle';
import type { RunningTask } from '../pipeline/running-task.js';
import type { CombinePlan } from './combine.js';
import type { Sink, SinkState } from './sink.js';
import { type TablesState, tablesSink, tablesState } from './tables-sink.js';

type ShuffleWrite = Extract<SinkProgram, { kind: 'shuffleWrite' }>;

interface WriteState extends SinkState {
  partitioner: Partitioner;
  writer: MapOutputWriter;
}

function writeState(plan: ShuffleWrite, task: RunningTask): WriteState {
  return {
    done: false,
    partitioner: revivePartitioner(plan.partitioner, task.closures, task.partition),
    writer: new MapOutputWriter(plan.partitioner.numPartitions),
  };
}

/** Sorts rows into the partitions of the shuffle, combined by key first where the plan says so. */
export function shuffleWriteSink(plan: ShuffleWrite): unknown {
  return plan.combine === undefined
    ? plainWriteSink(plan)
    : combiningWriteSink(plan, { aggregator: plan.combine, input: 'values', keyed: plan.keyed });
}

function plainWriteSink(plan: ShuffleWrite): Sink<WriteState> {
  return {
    prologue: (code) => code.line('const writer = S.writer, partitioner = S.partitioner;'),
    row: (row, code) => {
      if (plan.keyed === 'row') {
        const v = code.variable(row);
        code.line(`writer.appendRow(${partitionOf(plan, v)}, ${v});`);
        return;
      }
      const { key, value } = code.pair(row);
      const k = code.name('k');
      const v = code.name('v');
      code.line(`const ${k} = ${key}, ${v} = ${value};`);
      if (plan.partitioner.kind === 'hash') {
        code.line(`if (typeof ${k} === 'string' && typeof ${v} === 'number')`);
        code.line(`  writer.appendStringNumber(${k}, ${v}); else`);
      }
      code.line(`writer.appendPair(${partitionOf(plan, k)}, ${k}, ${v});`);
    },
    createState: (task) => writeState(plan, task),
    finish: ({ writer }, task) => ({ mapOutput: writer.finish(plan.shuffleId, task.partition) }),
  };
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

interface CombiningState extends WriteState, TablesState {
  /** Whether rows with short string keys are written as they come. */
  writesThrough: boolean;
}

/** Above this a table no longer fits the second-level cache. */
const MANY_KEYS = 1 << 16;
/** Below so many rows a key, combining on the map side does not pay for its cache misses. */
const FEW_ROWS_PER_KEY = 3;

/**
 * Combines before it writes, unless there are many keys and few rows for each: then string keys
 * with numeric combiners go straight to the columns of their partition, and the reduce side, which
 * scatters what is much, does all of the combining.
 */
function combiningWriteSink(plan: ShuffleWrite, combine: CombinePlan): Sink<CombiningState> {
  const mayWriteThrough =
    plan.partitioner.kind === 'hash' && combine.aggregator.kind !== 'distinct';
  return {
    ...tablesSink(combine),
    createState: (task) => ({
      ...writeState(plan, task),
      ...tablesState('map'),
      writesThrough: false,
    }),
    variant: ({ writesThrough }) => (writesThrough ? 'writeThrough' : undefined),
    afterChunk: (state) => {
      const { size, boxed } = state.tables.strings;
      if (mayWriteThrough && size > MANY_KEYS && state.rows < size * FEW_ROWS_PER_KEY)
        state.writesThrough = boxed === null;
    },
    finish: ({ writer, tables, partitioner }, task) => {
      writer.appendTables(tables, partitioner, plan.keyed);
      return { mapOutput: writer.finish(plan.shuffleId, task.partition) };
    },
  };
}
