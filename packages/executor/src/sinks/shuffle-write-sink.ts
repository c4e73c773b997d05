import type { SinkProgram } from '@firesteel/plan';
import { type CombineTables, MapOutputWriter, type Partitioner, revivePartitioner } from '@firesteel/shuffle';
import type { CodeWriter } from '../compile/code-writer.js';
import type { RunningTask } from '../pipeline/running-task.js';
import { newTables, tablesSink } from './tables-sink.js';
import type { Sink, SinkState } from './sink.js';

type ShuffleWrite = Extract<SinkProgram, { kind: 'shuffleWrite' }>;

interface WriteState extends SinkState {
  partitioner: Partitioner;
  writer: MapOutputWriter;
  tables: CombineTables;
}

/** Sorts rows into the partitions of the shuffle, combined by key first where the plan says so. */
export function shuffleWriteSink(plan: ShuffleWrite): Sink<WriteState> {
  const { combine, keyed } = plan;
  const createState = (task: RunningTask): WriteState => ({
    done: false,
    partitioner: revivePartitioner(plan.partitioner, task.closures, task.partition),
    writer: new MapOutputWriter(plan.partitioner.numPartitions),
    tables: newTables(),
  });
  const finish = (state: WriteState, task: RunningTask) => ({
    mapOutput: state.writer.finish(plan.shuffleId, task.partition),
  });
  if (combine !== undefined) {
    const { prologue, row } = tablesSink(combine, 'values', keyed);
    return {
      prologue: prologue as (code: CodeWriter) => void,
      row,
      createState,
      finish: (state, task) => {
        state.writer.appendTables(state.tables, state.partitioner, keyed);
        return finish(state, task);
      },
    };
  }
  return {
    prologue: (code) => code.line('const writer = S.writer, partitioner = S.partitioner;'),
    row: (row, code) => {
      if (keyed === 'row') {
        const v = code.variable(row);
        code.line(`writer.appendRow(${partitionOf(plan, v)}, ${v});`);
        return;
      }
      const { key, value } = code.pair(row);
      const k = code.name('k');
      code.line(`const ${k} = ${key};`);
      code.line(`writer.appendPair(${partitionOf(plan, k)}, ${k}, ${value});`);
    },
    createState,
    finish,
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

