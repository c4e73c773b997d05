import type { StepProgram } from '@firesteel/plan';
import type { CodeWriter } from './code-writer.js';
import { asExpression, pairOf, type Row } from './row.js';
import { drawsCopies } from './step-state.js';

type FusedKind = Exclude<
  StepProgram['kind'],
  | 'glom'
  | 'zipWithIndex'
  | 'zipWithUniqueId'
  | 'chunk'
  | 'sliding'
  | 'broadcastJoin'
  | 'pipe'
  | 'sort'
  | 'mapAsync'
  | 'mapPartitions'
  | 'aggregatePartitions'
>;

/** A step that works row by row and so can be part of a generated loop. */
export type FusedStep = Extract<StepProgram, { kind: FusedKind }>;

type StepEmitter = (step: never, row: Row, code: CodeWriter, state: string) => Row;

/**
 * Writes the code of one step for `row`, and gives the row behind it. `state` is the name of what
 * `stepState` made for the step.
 */
const emitters: Record<FusedKind, StepEmitter> = {
  map: (step: FunctionStep, row, code) => {
    const out = code.name('v');
    code.line(`const ${out} = ${code.slot(step.fn)}(${asExpression(row)});`);
    return { kind: 'row', expression: out };
  },

  filter: (step: FunctionStep, row, code) => {
    // A pair or tuple is built for the predicate only: if that is inlined, it is never allocated.
    const isBuilt = row.kind === 'pair' || row.kind === 'tuple';
    const kept: Row = isBuilt ? row : code.named(row);
    code.line(`if (!${code.slot(step.fn)}(${asExpression(kept)})) continue;`);
    return kept;
  },

  filterMap: (step: FunctionStep, row, code) => {
    const out = code.name('v');
    code.line(`const ${out} = ${code.slot(step.fn)}(${asExpression(row)});`);
    code.line(`if (${out} === undefined) continue;`);
    return { kind: 'row', expression: out };
  },

  keyBy: (step: FunctionStep, row, code) => {
    const value = code.variable(row);
    const key = code.name('k');
    code.line(`const ${key} = ${code.slot(step.fn)}(${value});`);
    return { kind: 'pair', key, value, valueLine: row.kind === 'row' ? row.line : undefined };
  },

  keys: (_step, row, code) => ({ kind: 'row', expression: code.pair(row).key }),

  values: (_step, row, code) => ({
    kind: 'row',
    expression: code.pair(row).value,
    line: row.kind === 'pair' ? row.valueLine : undefined,
  }),

  mapValues: (step: FunctionStep, row, code) => {
    const { key, value } = code.pair(row);
    const out = code.name('v');
    code.line(`const ${out} = ${code.slot(step.fn)}(${value});`);
    return { kind: 'pair', key, value: out };
  },

  flatMap: (step: FunctionStep, row, code) => ({
    kind: 'row',
    expression: emitFlatten(`${code.slot(step.fn)}(${asExpression(row)})`, code),
  }),

  flatMapValues: (step: FunctionStep, row, code) => {
    const pair = code.pair(row);
    const key = code.name('k');
    code.line(`const ${key} = ${pair.key};`);
    return {
      kind: 'pair',
      key,
      value: emitFlatten(`${code.slot(step.fn)}(${pair.value})`, code),
    };
  },

  sample: (step: Extract<StepProgram, { kind: 'sample' }>, row, code, state) => {
    const drawn: Row = row.kind === 'pair' ? row : code.named(row);
    emitDraw(drawsCopies(step.sampler), state, code);
    return drawn;
  },

  sampleByKey: (step: Extract<StepProgram, { kind: 'sampleByKey' }>, row, code, state) => {
    const { key, value } = code.pair(row);
    const k = code.name('k');
    code.line(`const ${k} = ${key};`);
    emitDraw(step.withReplacement, `${state}.of(${k})`, code);
    return { kind: 'pair', key: k, value };
  },

  join: (step: JoinStep, row, code) => {
    if (row.kind === 'group') return emitGroupJoin(step.join, row, code);
    const { key, value } = code.pair(row);
    const k = code.name('k');
    const left = code.name('l');
    const right = code.name('r');
    const keepsLeft = step.join === 'leftOuter' || step.join === 'fullOuter';
    const keepsRight = step.join === 'rightOuter' || step.join === 'fullOuter';
    const side = (i: number, orNone: boolean) =>
      orNone ? `(${value}[${i}].length === 0 ? NONE : ${value}[${i}])` : `${value}[${i}]`;
    code.line(`const ${k} = ${key};`);
    code.line(`const ${left} = ${side(0, keepsRight)}, ${right} = ${side(1, keepsLeft)};`);
    const l = code.name('i');
    const r = code.name('i');
    code.open(`for (let ${l} = 0; ${l} < ${left}.length; ${l}++) {`);
    code.open(`for (let ${r} = 0; ${r} < ${right}.length; ${r}++) {`);
    return { kind: 'pair', key: k, value: pairOf(`${left}[${l}]`, `${right}[${r}]`) };
  },
};

/** Pairs the values of a group where they lie; `[left, right]` is an array only if it is kept. */
function emitGroupJoin(
  join: JoinStep['join'],
  { key, group }: Extract<Row, { kind: 'group' }>,
  code: CodeWriter,
): Row {
  const g = code.name('g');
  const k = code.name('k');
  code.line(`const ${g} = ${group}, ${k} = ${key};`);
  const open = (side: 0 | 1, keepsNone: boolean): string => {
    const values = code.name('s');
    const i = code.name('i');
    const end = code.name('e');
    const starts = `C.sides[${side}].starts`;
    code.line(`const ${values} = C.sides[${side}].values, ${end} = ${starts}[${g} + 1];`);
    // The missing side of an outer join is one round with no value.
    const last = keepsNone ? `(${starts}[${g}] === ${end} ? ${end} + 1 : ${end})` : end;
    const first = `${i} = ${starts}[${g}]`;
    code.open(`for (let ${first}, ${i}to = ${last}; ${i} < ${i}to; ${i}++) {`);
    return keepsNone ? `(${i} < ${end} ? ${values}[${i}] : undefined)` : `${values}[${i}]`;
  };
  const left = open(0, join === 'rightOuter' || join === 'fullOuter');
  const right = open(1, join === 'leftOuter' || join === 'fullOuter');
  return { kind: 'pair', key: k, value: pairOf(left, right) };
}

type JoinStep = Extract<StepProgram, { kind: 'join' }>;
type FunctionStep = Extract<StepProgram, { fn: number }>;

export function emitStep(step: FusedStep, row: Row, code: CodeWriter, state: string): Row {
  const emit = emitters[step.kind] as (
    step: FusedStep,
    row: Row,
    code: CodeWriter,
    state: string,
  ) => Row;
  return emit(step, row, code, state);
}

export function isFused(step: StepProgram): step is FusedStep {
  return step.kind in emitters;
}

/** Goes on with the row if a sampler draws it, once or for each copy. */
function emitDraw(copies: boolean, sampler: string, code: CodeWriter): void {
  if (!copies) {
    code.line(`if (!${sampler}.keep()) continue;`);
    return;
  }
  const i = code.name('i');
  code.open(`for (let ${i} = ${sampler}.copies(); ${i} > 0; ${i}--) {`);
}

/**
 * Opens a loop over what a user function returned. An array is read in place; any other iterable
 * is pulled about a thousand rows at a time, so that an endless one works with `take`.
 */
function emitFlatten(call: string, code: CodeWriter): string {
  const result = code.name('r');
  const rows = code.name('a');
  const iterator = code.name('it');
  const i = code.name('i');
  const out = code.name('v');
  code.line(`const ${result} = ${call};`);
  code.line(`let ${rows} = ${result}, ${iterator} = null;`);
  code.line(
    `if (!Array.isArray(${result})) { ${iterator} = iterate(${result}); ${rows} = pull(${iterator}); }`,
  );
  code.open(
    'for (;;) {',
    `if (${iterator} === null) break; ${rows} = pull(${iterator}); if (${rows}.length === 0) break; }`,
  );
  code.open(`for (let ${i} = 0; ${i} < ${rows}.length; ${i}++) {`);
  code.line(`const ${out} = ${rows}[${i}];`);
  return out;
}
