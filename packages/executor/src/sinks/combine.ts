import type { Combining, Slot } from '@firesteel/plan';
import type { CodeWriter } from '../compile/code-writer.js';
import { asExpression, type Row } from '../compile/row.js';

/** Expressions for the first value of a key and for one more. */
interface CombineOperations {
  create(value: string): string;
  merge(accumulated: string, value: string): string;
}

export interface CombinePlan {
  readonly aggregator: Combining<Slot, Slot>;
  /** Whether values are raw or already combined on the map side. */
  readonly input: 'values' | 'combiners';
  /** `row`: the whole row is the key. */
  readonly keyed: 'pair' | 'row';
}

/**
 * The variant of a loop in which pairs of a number or string and a numeric combiner go to the
 * `KeyedOutputWriter` in `S.writer` instead of a table.
 */
export const WRITE_THROUGH = 'writeThrough';

/** Writes the combine of one row into the tables `ST`, `NT`, `OT` and the set `IS` (see `CombineTables`). */
export function emitCombine(
  plan: CombinePlan,
  row: Row,
  code: CodeWriter,
  writesThrough: boolean,
): void {
  const { aggregator, keyed } = plan;
  if (aggregator.kind === 'distinct') {
    emitDistinct(keyed === 'row' ? asExpression(row) : code.pair(row).key, code, writesThrough);
    return;
  }
  const operations = operationsOf(aggregator, plan.input, code);
  const v = code.name('v');
  if (row.kind === 'latin1Pair') {
    code.line(`const ${v} = ${row.value};`);
    const find = `findLatin1(${row.bytes}, ${row.at}, ${row.length})`;
    emitTyped(STRINGS, find, v, operations, code);
    return;
  }
  const { key, value } = code.pair(row);
  const k = code.name('k');
  code.line(`const ${k} = ${key}, ${v} = ${value};`);
  const emitKind = (table: TypedTable, append: string) => {
    if (!writesThrough) {
      emitTyped(table, `find(${k})`, v, operations, code);
      return;
    }
    const c = code.name('c');
    code.line(`const ${c} = ${operations.create(v)};`);
    code.line(`if (typeof ${c} === 'number') S.writer.${append}(${k}, ${c});`);
    code.line('else {');
    emitTyped(table, `find(${k})`, c, operationsOf(aggregator, 'combiners', code), code);
    code.line('}');
  };
  code.line(`if (typeof ${k} === 'string') {`);
  emitKind(STRINGS, 'appendStringNumber');
  code.line(`} else if (typeof ${k} === 'number') {`);
  emitKind(NUMBERS, 'appendNumbers');
  code.line('} else {');
  const s = code.name('s');
  code.line(`const ${s} = OT.find(${k});`);
  code.line(`if (${s} >= 0) OT.values[${s}] = ${operations.merge(`OT.values[${s}]`, v)};`);
  code.line(`else OT.values[~${s}] = ${operations.create(v)};`);
  code.line('}');
}

function emitDistinct(key: string, code: CodeWriter, writesThrough: boolean): void {
  const k = code.name('k');
  code.line(`const ${k} = ${key};`);
  const add = (toTable: string) => (writesThrough ? `S.writer.appendKey(${k})` : toTable);
  code.line(`if (typeof ${k} === 'string') ${add(`ST.find(${k})`)};`);
  code.line(`else if (typeof ${k} === 'number') ${add(`IS.add(${k}) || NT.find(${k})`)};`);
  code.line(`else OT.find(${k});`);
}

/** The locals that `emitCombine` refers to, from the tables in `S.tables`. */
export function emitTables(code: CodeWriter): void {
  code.line('const IS = S.tables.integers;');
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
  aggregator: Exclude<Combining<Slot, Slot>, { kind: 'distinct' }>,
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
  }
}
