import type { Aggregator, Slot } from '@firesteel/plan';
import type { CodeWriter } from '../compile/code-writer.js';

/** Expressions for the first value of a key and for one more. */
interface CombineOperations {
  create(value: string): string;
  merge(accumulated: string, value: string): string;
}

/**
 * Writes the combine of one record into the tables `ST`, `NT` and `OT` (see `CombineTables`).
 * `input` tells whether values are raw or already combined on the map side.
 */
export function emitCombine(
  aggregator: Aggregator<Slot, Slot>,
  input: 'values' | 'combiners',
  key: string,
  value: string,
  code: CodeWriter,
): void {
  const k = code.name('k');
  code.line(`const ${k} = ${key};`);
  if (aggregator.kind === 'distinct') {
    code.line(`if (typeof ${k} === 'string') ST.find(${k});`);
    code.line(`else if (typeof ${k} === 'number') NT.find(${k});`);
    code.line(`else OT.find(${k});`);
    return;
  }
  const v = code.name('v');
  code.line(`const ${v} = ${value};`);
  const operations = operationsOf(aggregator, input, code);
  code.line(`if (typeof ${k} === 'string') {`);
  emitTyped('ST', (s) => `(${s} << 2) + 3`, k, v, operations, code);
  code.line(`} else if (typeof ${k} === 'number') {`);
  emitTyped('NT', (s) => `(${s} << 1) + 1`, k, v, operations, code);
  code.line('} else {');
  const s = code.name('s');
  code.line(`const ${s} = OT.find(${k});`);
  code.line(`if (${s} >= 0) OT.values[${s}] = ${operations.merge(`OT.values[${s}]`, v)};`);
  code.line(`else OT.values[~${s}] = ${operations.create(v)};`);
  code.line('}');
}

/** The locals that `emitCombine` refers to, from the tables in `S.tables`. */
export function emitTables(code: CodeWriter): void {
  code.line('const ST = S.tables.strings, NT = S.tables.numbers, OT = S.tables.others;');
}

/** A table whose values are doubles in its slots until one is no number. */
function emitTyped(
  table: string,
  valueIndex: (slot: string) => string,
  k: string,
  v: string,
  { create, merge }: CombineOperations,
  code: CodeWriter,
): void {
  const s = code.name('s');
  const r = code.name('r');
  const e = code.name('e');
  const at = valueIndex(s);
  code.line(`let ${s} = ${table}.find(${k});`);
  code.line(`if (${table}.boxed === null) {`);
  code.line(`  let ${r};`);
  code.line(`  if (${s} >= 0) ${r} = ${merge(`${table}.floats[${at}]`, v)};`);
  code.line(`  else { ${s} = ~${s}; ${r} = ${create(v)}; }`);
  code.line(`  if (typeof ${r} === 'number') ${table}.floats[${at}] = ${r};`);
  code.line(`  else ${table}.box(${s}, ${r});`);
  code.line(`} else if (${s} >= 0) {`);
  code.line(`  const ${e} = ${table}.floats[${at}];`);
  code.line(`  ${table}.boxed[${e}] = ${merge(`${table}.boxed[${e}]`, v)};`);
  code.line('} else {');
  code.line(`  ${s} = ~${s};`);
  code.line(`  ${table}.floats[${at}] = ${table}.boxed.push(${create(v)}) - 1;`);
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
