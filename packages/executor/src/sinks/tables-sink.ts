import {
  CombineTables,
  KeyTable,
  NumberTable,
  PackedBuckets,
  StringTable,
} from '@firesteel/shuffle';
import { Loop } from '../compile/loop.js';
import { type CombinePlan, emitCombine, emitTables } from './combine.js';
import type { Sink, SinkState } from './sink.js';

export interface TablesState extends SinkState {
  tables: CombineTables;
  /** Where short string keys go instead, once there are too many of them for one table. */
  buckets: PackedBuckets | null;
  /** Rows that have come so far. */
  rows: number;
}

export function tablesState(scatters = false): TablesState {
  return {
    done: false,
    tables: newTables(),
    buckets: scatters ? new PackedBuckets() : null,
    rows: 0,
  };
}

function newTables(): CombineTables {
  return new CombineTables(new StringTable(), new NumberTable(), new KeyTable());
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
      emitCombine(plan, row, code, variant === 'scatter');
    },
    epilogue: (code) => code.line('S.rows += count;'),
    variant: (state) => (state.buckets === null ? undefined : 'scatter'),
    createState: () => tablesState(),
    finish: () => ({}),
  } satisfies Sink<TablesState>;
}

/**
 * Combines what was scattered, one bucket after the other, each in a table that fits the cache.
 * The tables are valid until the next are asked for.
 */
export function* combinedBuckets(
  buckets: PackedBuckets,
  plan: CombinePlan,
  closures: readonly unknown[],
): Generator<CombineTables> {
  const loop = new Loop([], tablesSink({ ...plan, input: 'combiners' }), closures);
  for (const pages of buckets.drain()) {
    const state = tablesState();
    for (const page of pages) loop.run(page, state);
    yield state.tables;
  }
}
