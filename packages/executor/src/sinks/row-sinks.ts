import { compareKeys } from '@firesteel/codec';
import type { ActionProgram, Slot } from '@firesteel/plan';
import { Random } from '@firesteel/statistics';
import { asExpression } from '../compile/row.js';
import { GatheredRows } from './gathered-rows.js';
import type { Sink, SinkState } from './sink.js';

interface Rows extends SinkState {
  rows: unknown[];
}

/** `collect`, and what stands before an operator that cannot be part of the loop. */
export function collectSink(): Sink<Rows> {
  return {
    prologue: (code) => code.line('const rows = S.rows;'),
    row: (row, code) => code.line(`rows.push(${asExpression(row)});`),
    createState: () => ({ done: false, rows: [] }),
    finish: (state) => ({ value: state.rows }),
  };
}

interface ResultRows extends Rows {
  readonly gathered: GatheredRows;
}

/** The rows of a partition as the result of its task. */
export function resultSink(): Sink<ResultRows> {
  const { finish, ...collect } = collectSink();
  return {
    ...collect,
    createState: ({ space }) => ({
      done: false,
      rows: [],
      gathered: new GatheredRows(space.memory, 'An action'),
    }),
    afterChunk: ({ gathered, rows }) => gathered.check(rows),
    finish,
  };
}

/** `take`: the source is not read beyond the last row taken. */
export function takeSink(limit: number): Sink<ResultRows> {
  return {
    prologue: (code) => code.line('const rows = S.rows;'),
    row: (row, code) =>
      code.line(`if (rows.push(${asExpression(row)}) >= ${limit}) { S.done = true; break outer; }`),
    createState: ({ space }) => ({
      done: limit === 0,
      rows: [],
      gathered: new GatheredRows(space.memory, 'take()'),
    }),
    afterChunk: ({ gathered, rows }) => gathered.check(rows),
    finish: (state) => ({ value: state.rows }),
  };
}

interface Top extends SinkState {
  best: Best;
  readonly gathered: GatheredRows;
}

type TopAction = Extract<ActionProgram, { kind: 'top' }>;

/** `top`, `takeOrdered`, `min` and `max`. */
export function topSink(action: TopAction): Sink<Top> {
  return {
    prologue: (code) => code.line('const best = S.best;'),
    row: (row, code) => {
      const v = code.variable(row);
      const key = action.by === undefined ? v : `${code.slot(action.by)}(${v})`;
      code.line(`best.offer(${key}, ${v});`);
    },
    createState: (task) => ({
      done: action.limit === 0,
      best: new Best(
        action.limit,
        action.largest,
        (slotValue(task.closures, action.compare) as Compare | undefined) ?? compareKeys,
      ),
      gathered: new GatheredRows(task.space.memory, 'top() or takeOrdered()'),
    }),
    afterChunk: ({ best, gathered }) => gathered.check(best.entries),
    finish: (state) => ({ value: state.best.sorted() }),
  };
}

function slotValue(closures: readonly unknown[], slot: Slot | undefined): unknown {
  return slot === undefined ? undefined : closures[slot];
}

type Compare = (a: unknown, b: unknown) => number;

/**
 * The first `limit` rows in order, found with a buffer of twice that size which is sorted and cut
 * whenever it is full: O(rows · log limit), and rows behind the worst one kept cost one comparison.
 * Equal rows stay in the order in which they came.
 */
class Best {
  readonly entries: { readonly key: unknown; readonly row: unknown }[] = [];
  private worst: unknown;
  private isCut = false;
  private readonly order: (a: { key: unknown }, b: { key: unknown }) => number;

  constructor(
    private readonly limit: number,
    private readonly largest: boolean,
    private readonly compare: Compare,
  ) {
    this.order = largest ? (a, b) => compare(b.key, a.key) : (a, b) => compare(a.key, b.key);
  }

  offer(key: unknown, row: unknown): void {
    if (this.isCut) {
      const c = this.compare(key, this.worst);
      if (this.largest ? c <= 0 : c >= 0) return;
    }
    if (this.entries.push({ key, row }) >= 2 * this.limit) this.cut();
  }

  sorted(): unknown[] {
    this.cut();
    return this.entries.map((entry) => entry.row);
  }

  private cut(): void {
    this.entries.sort(this.order);
    if (this.entries.length < this.limit) return;
    this.entries.length = this.limit;
    this.worst = this.entries[this.limit - 1]?.key;
    this.isCut = true;
  }
}

interface Reservoir extends SinkState {
  sample: unknown[];
  count: number;
  random: Random;
}

/**
 * The exact number of rows and a uniform sample of at most `limit` keys (Vitter's algorithm R),
 * the same for the same seed, partition and data.
 */
export function sampleKeysSink(
  action: Extract<ActionProgram, { kind: 'sampleKeys' }>,
): Sink<Reservoir> {
  return {
    row: (row, code) => {
      const key = action.keyed === 'pair' ? code.pair(row).key : asExpression(row);
      const k = code.name('k');
      code.line(`const ${k} = ${key};`);
      code.line(`assertKey(${k});`);
      code.line(`if (S.count++ < ${action.limit}) S.sample.push(${k});`);
      code.line('else {');
      code.line('  const at = S.random.below(S.count);');
      code.line(`  if (at < ${action.limit}) S.sample[at] = ${k};`);
      code.line('}');
    },
    createState: (task) => ({
      done: false,
      sample: [],
      count: 0,
      random: new Random(action.seed, task.partition),
    }),
    finish: (state) => ({ value: { count: state.count, sample: state.sample } }),
  };
}
