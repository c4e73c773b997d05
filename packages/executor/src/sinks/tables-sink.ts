import type { Aggregator, Slot } from '@firesteel/plan';
import { CombineTables, KeyTable, NumberTable, StringTable } from '@firesteel/shuffle';
import { emitCombine, emitTables } from './combine.js';
import type { Sink, SinkState } from './sink.js';

export interface TablesState extends SinkState {
  tables: CombineTables;
}

/** Combines rows by key into the tables of its state. */
export function tablesSink(
  aggregator: Aggregator<Slot, Slot>,
  input: 'values' | 'combiners',
  keyed: 'pair' | 'row',
): Sink<TablesState> {
  return {
    prologue: emitTables,
    row: (row, code) => emitCombine(aggregator, input, keyed, row, code),
    createState: () => ({ done: false, tables: newTables() }),
    finish: () => ({}),
  };
}

export function newTables(): CombineTables {
  return new CombineTables(new StringTable(), new NumberTable(), new KeyTable());
}
