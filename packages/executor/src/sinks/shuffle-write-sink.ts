import type { SinkProgram } from '@firesteel/plan';
import {
  MapOutputWriter,
  PackedBuckets,
  type Partitioner,
  revivePartitioner,
} from '@firesteel/shuffle';
import type { RunningTask } from '../pipeline/running-task.js';
import type { CombinePlan } from './combine.js';
import type { Sink, SinkState } from './sink.js';
import { combinedBuckets, type TablesState, tablesSink, tablesState } from './tables-sink.js';

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
      code.line(`const ${k} = ${key};`);
      code.line(`writer.appendPair(${partitionOf(plan, k)}, ${k}, ${value});`);
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
  closures: readonly unknown[];
}

/** Above this a table no longer fits the second-level cache. */
const MANY_KEYS = 1 << 16;
/** Below so many rows a key, combining as rows come does not pay for its cache misses. */
const FEW_ROWS_PER_KEY = 3;
/** Scattered records (of 32 bytes) that wait at most before they are combined and written. */
const MAX_SCATTERED = 1 << 21;

/**
 * Combines before it writes. When there are many keys and few rows for each, rows are scattered
 * into buckets first and combined bucket by bucket, which measures half the time of one big table.
 */
function combiningWriteSink(plan: ShuffleWrite, combine: CombinePlan): Sink<CombiningState> {
  const flush = ({ buckets, writer, partitioner, closures }: CombiningState) => {
    if (buckets === null) return;
    for (const tables of combinedBuckets(buckets, combine, closures))
      writer.appendTables(tables, partitioner, plan.keyed);
  };
  return {
    ...tablesSink(combine),
    createState: (task) => ({
      ...writeState(plan, task),
      ...tablesState(),
      closures: task.closures,
    }),
    afterChunk: (state) => {
      const { tables, buckets, rows } = state;
      if (buckets === null) {
        const keys = tables.strings.size;
        if (keys > MANY_KEYS && rows < keys * FEW_ROWS_PER_KEY && tables.strings.boxed === null)
          state.buckets = new PackedBuckets();
      } else if (buckets.size > MAX_SCATTERED) flush(state);
    },
    finish: (state, task) => {
      flush(state);
      state.writer.appendTables(state.tables, state.partitioner, plan.keyed);
      return { mapOutput: state.writer.finish(plan.shuffleId, task.partition) };
    },
  };
}
