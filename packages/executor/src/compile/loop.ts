import type {
  Chunk,
  ColumnsChunk,
  GroupsChunk,
  Latin1PairsChunk,
  PairsChunk,
  RowsChunk,
} from '@firesteel/shuffle';
import type { Sink, SinkState } from '../sinks/sink.js';
import { CodeWriter } from './code-writer.js';
import { type CompiledLoop, compileLoop } from './loop-cache.js';
import type { LineAt, Row } from './row.js';
import { type PlacedStep, stepState } from './step-state.js';
import { emitStep } from './steps.js';

type LoopChunk = Chunk | Latin1PairsChunk;
type ChunkKind = LoopChunk['kind'];

/** How a loop walks a chunk: `C` is the chunk, `i` the position in it. */
interface Form {
  readonly before: string;
  readonly loop: string;
  readonly row: Row;
}

const forms: Record<Exclude<ChunkKind, 'columns'>, Form> = {
  rows: {
    before: 'const rows0 = C.rows, end = C.to;',
    loop: 'outer: for (let i = C.from; i < end; i++) {',
    row: { kind: 'row', expression: 'rows0[i]' },
  },
  pairs: {
    before: 'const keys0 = C.keys, values0 = C.values, end = C.length;',
    loop: 'outer: for (let i = 0; i < end; i++) {',
    row: { kind: 'pair', key: 'keys0[i]', value: 'values0[i]' },
  },
  range: {
    before: 'const start = C.start, step = C.step, end = C.count;',
    loop: 'outer: for (let i = 0, x = start; i < end; i++, x += step) {',
    row: { kind: 'row', expression: 'x' },
  },
  latin1Pairs: {
    before: 'const bytes = C.bytes, lengths = C.lengths, values0 = C.values, end = lengths.length;',
    loop: 'outer: for (let i = 0, at = 0; i < end; at += lengths[i++]) {',
    row: {
      kind: 'latin1Pair',
      bytes: 'bytes',
      at: 'at',
      length: 'lengths[i]',
      value: 'values0[i]',
    },
  },
  groups: {
    before: 'const keys0 = C.keys, groups0 = C.groups, end = C.length;',
    loop: 'outer: for (let i = 0; i < end; i++) {',
    row: { kind: 'group', key: 'keys0[i]', group: '(groups0[i] | 0)' },
  },
};

const linesBefore = 'const view0 = C.lines.view, starts0 = C.lines.starts;';
const line: LineAt = { view: 'view0', at: 'starts0[i]', end: '(starts0[i + 1] - 1)' };

/** Of chunks that know the bytes of their rows; keys and values are looked for when they are used. */
const lineForms: Record<'rows' | 'pairs', Form> = {
  rows: {
    before: `${forms.rows.before} ${linesBefore}`,
    loop: forms.rows.loop,
    row: { kind: 'row', expression: 'rows0[i]', line },
  },
  pairs: {
    before: `const end = C.length; ${linesBefore}`,
    loop: forms.pairs.loop,
    row: { kind: 'pair', key: 'C.keys[i]', value: 'C.values[i]', valueLine: line },
  },
};

function formOf(chunk: LoopChunk): Form {
  if (chunk.kind === 'columns') return columnsForm(chunk);
  return hasLines(chunk) ? lineForms[chunk.kind] : forms[chunk.kind];
}

function formKey(chunk: LoopChunk): string {
  if (chunk.kind === 'columns') return columnsKey(chunk);
  if (chunk.kind === 'groups') return groupsKey(chunk);
  return hasLines(chunk) ? `lines ${chunk.kind}` : chunk.kind;
}

function hasLines(chunk: LoopChunk): chunk is RowsChunk | PairsChunk {
  return (chunk.kind === 'rows' || chunk.kind === 'pairs') && chunk.lines !== undefined;
}

/** Typed memory is indexed where it lies; a row is built only where a function takes it. */
function columnsForm({ forms: letters, isTuple }: ColumnsChunk): Form {
  const before = ['const end = C.to, from0 = C.from;'];
  const fields = [...letters].map((letter, c) => {
    before.push(`const c${c} = C.columns[${c}];`);
    if (letter === 'c') return `c${c}`;
    if (letter === 'v') return `c${c}[i - from0]`;
    return letter === 'b' ? `(c${c}[i] === 1)` : `c${c}[i]`;
  });
  const [first = '', second = ''] = fields;
  let row: Row = { kind: 'row', expression: first };
  if (isTuple)
    row =
      fields.length === 2 ? { kind: 'pair', key: first, value: second } : { kind: 'tuple', fields };
  return {
    before: before.join(' '),
    loop: 'outer: for (let i = from0; i < end; i++) {',
    row,
  };
}

/**
 * Row-by-row steps and a sink as one generated function for each kind of chunk that comes along.
 * What the compiler sees is what one would write by hand: a loop, the user's functions called in
 * it (and inlined by V8, since each loop has call sites of its own), and the sink's code.
 */
export class Loop<S extends SinkState> {
  private readonly compiled = new Map<string, CompiledLoop>();
  private readonly stepStates: readonly unknown[];

  constructor(
    private readonly steps: readonly PlacedStep[],
    private readonly sink: Sink<S>,
    private readonly closures: readonly unknown[],
  ) {
    this.stepStates = steps.map((step) => stepState(step, closures));
  }

  run(chunk: LoopChunk, state: S): void {
    const variant = this.sink.variant?.(state);
    const kind = formKey(chunk);
    const key = variant === undefined ? kind : `${kind} ${variant}`;
    let compiled = this.compiled.get(key);
    if (compiled === undefined) {
      compiled = this.compile(chunk, variant);
      this.compiled.set(key, compiled);
    }
    const result = compiled(chunk, state, this.stepStates);
    this.sink.keep?.(state, result as never);
    this.sink.afterChunk?.(state);
  }

  private compile(chunk: LoopChunk, variant: string | undefined): CompiledLoop {
    const form = formOf(chunk);
    const code = new CodeWriter();
    this.sink.prologue?.(code);
    this.stepStates.forEach((stepState, i) => {
      if (stepState !== undefined) code.line(`const t${i} = T[${i}];`);
    });
    code.line(form.before);
    code.open(form.loop);
    let row = form.row;
    if (row.kind === 'group' && this.steps[0]?.step.kind !== 'join') {
      code.line(`const values0 = groupedValues(C, ${row.group});`);
      row = { kind: 'pair', key: row.key, value: 'values0' };
    }
    for (const [i, { step }] of this.steps.entries()) row = emitStep(step, row, code, `t${i}`);
    this.sink.row(row, code, variant);
    code.closeAll();
    if (this.sink.result !== undefined) code.line(`return ${this.sink.result};`);
    return compileLoop(
      code.text,
      code.usedSlots.map((slot) => this.closures[slot]),
    );
  }
}

function columnsKey({ forms: letters, isTuple }: ColumnsChunk): string {
  return isTuple ? `tuple ${letters}` : `column ${letters}`;
}

/** Different memory makes different loops, each of which knows what it reads. */
function groupsKey({ sides }: GroupsChunk): string {
  let key = 'groups';
  for (let i = 0; i < sides.length; i++) key += ` ${sides[i]?.values.constructor.name}`;
  return key;
}
