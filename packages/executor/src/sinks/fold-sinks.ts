import { FiresteelError, shown } from '@firesteel/common';
import type { Slot } from '@firesteel/plan';
import { asExpression } from '../compile/row.js';
import type { RunningTask } from '../pipeline/running-task.js';
import type { Sink, SinkState } from './sink.js';

interface Accumulator extends SinkState {
  acc: unknown;
  isEmpty: boolean;
}

const accumulator = (acc: unknown): Accumulator => ({ done: false, acc, isEmpty: true });

function keepAccumulator(state: Accumulator, acc: unknown): void {
  state.acc = acc;
}

/** `count`: the sum of the rows that get here. */
export function countSink(): Sink<Accumulator> {
  return {
    prologue: (code) => code.line('let acc = 0;'),
    row: (_row, code) => code.line('acc++;'),
    result: 'acc',
    keep: (state, rows: number) => {
      state.acc = (state.acc as number) + rows;
    },
    createState: () => accumulator(0),
    finish: (state) => ({ value: state.acc }),
  };
}

/** `sum`: rows must be numbers. */
export function sumSink(): Sink<Accumulator> {
  return {
    prologue: (code) => code.line('let acc = S.acc;'),
    row: (row, code) => {
      const v = code.variable(row);
      code.line(`if (typeof ${v} !== 'number') throw notANumber(${v}, 'sum');`);
      code.line(`acc += ${v};`);
    },
    result: 'acc',
    keep: keepAccumulator,
    createState: () => accumulator(0),
    finish: (state) => ({ value: state.acc }),
  };
}

/** `reduce`: `[]` for no rows, else `[value]`. */
export function reduceSink(merge: Slot): Sink<Accumulator> {
  return {
    prologue: (code) => code.line('let acc = S.acc, isEmpty = S.isEmpty;'),
    row: (row, code) => {
      const v = code.variable(row);
      code.line(`if (isEmpty) { acc = ${v}; isEmpty = S.isEmpty = false; }`);
      code.line(`else acc = ${code.slot(merge)}(acc, ${v});`);
    },
    result: 'acc',
    keep: keepAccumulator,
    createState: () => accumulator(undefined),
    finish: (state) => ({ value: state.isEmpty ? [] : [state.acc] }),
  };
}

/** `aggregate` and `fold`: every partition starts from a zero of its own. */
export function aggregateSink(zero: Slot, zeroIsFactory: boolean, seqOp: Slot): Sink<Accumulator> {
  return {
    prologue: (code) => code.line('let acc = S.acc;'),
    row: (row, code) => code.line(`acc = ${code.slot(seqOp)}(acc, ${asExpression(row)});`),
    result: 'acc',
    keep: keepAccumulator,
    createState: (task) => accumulator(freshZero(task, zero, zeroIsFactory)),
    finish: (state) => ({ value: state.acc }),
  };
}

/** A zero that no other partition or key shares. */
function freshZero(task: RunningTask, zero: Slot, zeroIsFactory: boolean): unknown {
  const value = task.closures[zero];
  return zeroIsFactory ? (value as () => unknown)() : cloneZero(value);
}

/**
 * A copy of a zero value. An array of primitives is copied by `slice`, because the arrays that
 * `structuredClone` makes hold boxed numbers, which halves the speed of adding to them.
 */
export function cloneZero(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value) && value.every((item) => Object(item) !== item)) return value.slice();
  return structuredClone(value);
}

/** `forEach`: for its effect. */
export function forEachSink(fn: Slot): Sink {
  return {
    row: (row, code) => code.line(`${code.slot(fn)}(${asExpression(row)});`),
    createState: () => ({ done: false }),
    finish: () => ({ value: null }),
  };
}

export function notAPair(row: unknown): FiresteelError {
  return new FiresteelError(
    'NOT_A_PAIR',
    `A pair operator needs rows that are [key, value] arrays, but met ${shown(row)}. Make pairs first, for example .map((x) => [x, 1]) or .keyBy(fn).`,
  );
}
