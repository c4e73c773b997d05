import type { ActionProgram, Combining, Slot } from '@firesteel/plan';
import type { KeyIndex } from '../compile/key-index.js';
import { keyIndex } from '../compile/step-state.js';
import { rowsOf } from '../pipeline/chunk-rows.js';
import type { Sink, SinkState } from './sink.js';
import { type TablesState, tablesSink } from './tables-sink.js';

/** `combineByKey`: a pair for each key of the partition. */
export function combineByKeySink(aggregator: Combining<Slot, Slot>): Sink<TablesState> {
  return {
    ...tablesSink({ aggregator, input: 'values', keyed: 'pair' }),
    finish: ({ tables }) => ({ value: [...tables.chunks()].flatMap(rowsOf) }),
  };
}

interface KeyCounts extends SinkState {
  keys: KeyIndex;
  counts: number[];
}

/** `countKeys`: how many pairs each of the known keys has. */
export function countKeysSink({
  fractions,
}: Extract<ActionProgram, { kind: 'countKeys' }>): Sink<KeyCounts> {
  return {
    prologue: (code) => code.line('const counts = S.counts, keys = S.keys;'),
    row: (row, code) => code.line(`counts[keys.indexOf(${code.pair(row).key})]++;`),
    createState: ({ closures }) => {
      const keys = keyIndex(fractions, closures);
      return { done: false, keys, counts: keys.fractions.map(() => 0) };
    },
    finish: ({ counts }) => ({ value: counts }),
  };
}
