import { CombineTables, type TableRole } from '@firesteel/shuffle';
import { type CombinePlan, emitCombine, emitTables, WRITE_THROUGH } from './combine.js';
import type { Sink, SinkState } from './sink.js';

export interface TablesState extends SinkState {
  tables: CombineTables;
  /** Rows that have come so far. */
  rows: number;
}

export function tablesState(role: TableRole): TablesState {
  return { done: false, tables: new CombineTables(role), rows: 0 };
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
    epilogue: (code) => code.line('S.rows += count;'),
    createState: () => tablesState('inPlace'),
    finish: () => ({}),
  } satisfies Sink<TablesState>;
}
