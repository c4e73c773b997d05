import { CombineTables, PackedBuckets, type TableRole } from '@firesteel/shuffle';
import { Loop } from '../compile/loop.js';
import { type CombinePlan, type CombineVariant, emitCombine, emitTables } from './combine.js';
import type { Sink, SinkState } from './sink.js';

export interface TablesState extends SinkState {
  tables: CombineTables;
  /** Where short string keys go instead, once there are too many of them for one table. */
  buckets: PackedBuckets | null;
  /** Rows that have come so far. */
  rows: number;
}

/** @param scatteredRows how many rows to expect in buckets; none means that tables do */
export function tablesState(role: TableRole, scatteredRows = 0): TablesState {
  return {
    done: false,
    tables: new CombineTables(role),
    buckets: scatteredRows > 0 ? new PackedBuckets(scatteredRows) : null,
    rows: 0,
  };
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
      emitCombine(plan, row, code, variant as CombineVariant | undefined);
    },
    epilogue: (code) => code.line('S.rows += count;'),
    variant: (state): CombineVariant | undefined =>
      state.buckets === null ? undefined : 'scatter',
    createState: () => tablesState('inPlace'),
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
  const state = tablesState('reduce');
  for (const pages of buckets.chunks()) {
    state.tables.strings.clear();
    for (const page of pages) loop.run(page, state);
    yield state.tables;
  }
}
