import { CombineTables, type TableRole } from '@firesteel/shuffle';
import type { MemoryConsumer } from '@firesteel/storage';
import type { RunningTask } from '../pipeline/running-task.js';
import { type CombinePlan, emitCombine, emitTables, WRITE_THROUGH } from './combine.js';
import type { Sink, SinkState } from './sink.js';

export interface TablesState extends SinkState {
  tables: CombineTables;
  /** Rows that have come since the tables were empty. */
  rows: number;
  readonly memory: MemoryConsumer;
}

export function tablesState(role: TableRole, { space }: Pick<RunningTask, 'space'>): TablesState {
  return {
    done: false,
    tables: new CombineTables(role),
    rows: 0,
    memory: space.memory.consumer(),
  };
}

/** Whether the tables may stay as large as they are; asked after each chunk. */
export function hasRoom({ tables, rows, memory }: TablesState): boolean {
  return memory.holds(tables.memoryBytes(rows));
}

/** Begins with new tables, after what they held has gone elsewhere. */
export function emptyTables(state: TablesState, role: TableRole): void {
  state.tables = new CombineTables(role);
  state.rows = 0;
  state.memory.release();
}

/** Combines rows by key into the tables of its state. */
export function tablesSink(plan: CombinePlan) {
  return {
    prologue: (code) => {
      emitTables(code);
      code.line('let count = 0;');
    },
    row: (row, code, variant) => {
      code.line('count++;');
      emitCombine(plan, row, code, variant === WRITE_THROUGH);
    },
    result: 'count',
    keep: (state, count: number) => {
      state.rows += count;
    },
    createState: (task) => tablesState('inPlace', task),
    finish: () => ({}),
  } satisfies Sink<TablesState>;
}
