import type { Aggregator, Slot } from '@firesteel/plan';
import type { CodeWriter } from '../compile/code-writer.js';
import { asExpression, type Row } from '../compile/row.js';

/** Expressions for the first value of a key and for one more. */
interface CombineOperations {
  create(value: string): string;
  merge(accumulated: string, value: string): string;
}

export interface CombinePlan {
  readonly aggregator: Aggregator<Slot, Slot>;
  /** Whether values are raw or already combined on the map side. */
  readonly input: 'values' | 'combiners';
  /** `row`: the whole row is the key. */
  readonly keyed: 'pair' | 'row';
}

/**
 * Where string keys with numeric combiners go instead of a table: to the `PackedBuckets` in
 * `S.buckets` (reduce side), or to the `MapOutputWriter` in `S.writer` (map side).
 */
export type CombineVariant = 'scatter' | 'writeThrough';

const adders: Record<CombineVariant, string> = {
  scatter: 'S.buckets.add',
  writeThrough: 'S.writer.appendCombined',
};

/** Writes the combine of one row into the tables `ST`, `NT` and `OT` (see `CombineTables`). */
export function emitCombine(
  plan: CombinePlan,
  row: Row,
  code: CodeWriter,
  variant: CombineVariant | undefined,
): void {
  const { aggregator, keyed } = plan;
  if (aggregator.kind === 'distinct') {
    emitDistinct(keyed === 'row' ? asExpression(row) : code.pair(row).key, code);
    return;
  }
  const operations = operationsOf(aggregator, plan.input, code);
  const combiners = variant ? operationsOf(aggregator, 'combiners', code) : operations;
  const v = code.name('v');
  if (row.kind === 'latin1Pair' || row.kind === 'packedPair') {
    code.line(`const ${v} = ${row.value};`);
    if (row.kind === 'packedPair')
      emitTyped(STRINGS, `findPacked(${row.ints}, ${row.at})`, v, operations, code);
    else {
      const key = `${row.bytes}, ${row.at}, ${row.length}`;
      if (variant === 'scatter') code.line(`if (!S.buckets.addLatin1(${key}, ${v})) {`);
      emitTyped(STRINGS, `findLatin1(${key})`, v, combiners, code);
      if (variant === 'scatter') code.line('}');
    }
    return;
  }
  const { key, value } = code.pair(row);
  const k = code.name('k');
  code.line(`const ${k} = ${key}, ${v} = ${value};`);
  code.line(`if (typeof ${k} === 'string') {`);
  if (variant !== undefined) {
    const c = code.name('c');
    code.line(`const ${c} = ${operations.create(v)};`);
    code.line(`if (typeof ${c} !== 'number' || !${adders[variant]}(${k}, ${c})) {`);
    emitTyped(STRINGS, `find(${k})`, c, combiners, code);
    code.line('}');
  } else emitTyped(STRINGS, `find(${k})`, v, operations, code);
  code.line(`} else if (typeof ${k} === 'number') {`);
  emitTyped(NUMBERS, `find(${k})`, v, operations, code);
  code.line('} else {');
  const s = code.name('s');
  code.line(`const ${s} = OT.find(${k});`);
  code.line(`if (${s} >= 0) OT.values[${s}] = ${operations.merge(`OT.values[${s}]`, v)};`);
  code.line(`else OT.values[~${s}] = ${operations.create(v)};`);
  code.line('}');
}

function emitDistinct(key: string, code: CodeWriter): void {
  const k = code.name('k');
  code.line(`const ${k} = ${key};`);
  code.line(`if (typeof ${k} === 'string') ST.find(${k});`);
  code.line(`else if (typeof ${k} === 'number') NT.find(${k});`);
  code.line(`else OT.find(${k});`);
}

/** The locals that `emitCombine` refers to, from the tables in `S.tables`. */
export function emitTables(code: CodeWriter): void {
  code.line('const ST = S.tables.strings, NT = S.tables.numbers, OT = S.tables.others;');
  code.line('let SF = ST.floats, NF = NT.floats;');
}

/** A table whose values are doubles in its slots until one is no number. */
interface TypedTable {
  readonly table: string;
  /** A local for the array of the table, which only an insertion can replace. */
  readonly floats: string;
  valueIndex(slot: string): string;
}

const STRINGS: TypedTable = {
  table: 'ST',
  floats: 'SF',
  valueIndex: (slot) => `(${slot} << 2) + 3`,
};
const NUMBERS: TypedTable = {
  table: 'NT',
  floats: 'NF',
  valueIndex: (slot) => `(${slot} << 1) + 1`,
};

function emitTyped(
  { table, floats, valueIndex }: TypedTable,
  find: string,
  v: string,
  { create, merge }: CombineOperations,
  code: CodeWriter,
): void {
  const s = code.name('s');
  const r = code.name('r');
  const e = code.name('e');
  const at = valueIndex(s);
  code.line(`let ${s} = ${table}.${find};`);
  code.line(`if (${table}.boxed === null) {`);
  code.line(`  let ${r};`);
  code.line(`  if (${s} >= 0) ${r} = ${merge(`${floats}[${at}]`, v)};`);
  code.line(`  else { ${s} = ~${s}; ${floats} = ${table}.floats; ${r} = ${create(v)}; }`);
  code.line(`  if (typeof ${r} === 'number') ${floats}[${at}] = ${r};`);
  code.line(`  else ${table}.box(${s}, ${r});`);
  code.line(`} else if (${s} >= 0) {`);
  code.line(`  const ${e} = ${floats}[${at}] | 0;`);
  code.line(`  ${table}.boxed[${e}] = ${merge(`${table}.boxed[${e}]`, v)};`);
  code.line('} else {');
  code.line(`  ${s} = ~${s}; ${floats} = ${table}.floats;`);
  code.line(`  ${floats}[${at}] = ${table}.boxed.push(${create(v)}) - 1;`);
  code.line('}');
}

function operationsOf(
  aggregator: Exclude<Aggregator<Slot, Slot>, { kind: 'distinct' }>,
  input: 'values' | 'combiners',
  code: CodeWriter,
): CombineOperations {
  const combiners = input === 'combiners';
  switch (aggregator.kind) {
    case 'reduce': {
      const merge = code.slot(aggregator.merge);
      return { create: (v) => v, merge: (a, v) => `${merge}(${a}, ${v})` };
    }
    case 'combine': {
      const merge = code.slot(combiners ? aggregator.mergeCombiners : aggregator.mergeValue);
      return {
        create: combiners ? (v) => v : (v) => `${code.slot(aggregator.create)}(${v})`,
        merge: (a, v) => `${merge}(${a}, ${v})`,
      };
    }
    case 'aggregate': {
      const merge = code.slot(combiners ? aggregator.mergeCombiners : aggregator.mergeValue);
      const zero = code.slot(aggregator.zero);
      const fresh = aggregator.zeroIsFactory ? `${zero}()` : `cloneZero(${zero})`;
      return {
        create: combiners ? (v) => v : (v) => `${merge}(${fresh}, ${v})`,
        merge: (a, v) => `${merge}(${a}, ${v})`,
      };
    }
    case 'group':
      return { create: (v) => `[${v}]`, merge: (a, v) => `appended(${a}, ${v})` };
  }
}
