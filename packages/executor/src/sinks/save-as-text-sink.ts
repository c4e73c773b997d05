import { FiresteelError } from '@firesteel/common';
import { openTextPart, type TextPartWriter } from '@firesteel/io';
import type { ActionProgram } from '@firesteel/plan';
import { CHUNK_ROWS } from '@firesteel/shuffle';
import { asExpression } from '../compile/row.js';
import type { Sink, SinkState } from './sink.js';

interface SaveState extends SinkState {
  writer: TextPartWriter;
  lines: Lines;
}

/** Writes a part file in an attempt directory; it takes its place when the task has succeeded. */
export function saveAsTextSink(
  action: Extract<ActionProgram, { kind: 'saveAsText' }>,
): Sink<SaveState> {
  return {
    prologue: (code) => code.line('const lines = S.lines;'),
    row: (row, code) => code.line(`lines.add(${asExpression(row)});`),
    createState: (task) => {
      const writer = openTextPart(action.path, task.partition, task.attempt, action.compression);
      return { done: false, writer, lines: new Lines(writer) };
    },
    finish: ({ lines, writer }, task) => {
      lines.flush();
      const { bytes } = writer.commit();
      task.counters.rowsWritten += lines.count;
      task.counters.bytesWritten += bytes;
      return { value: lines.count };
    },
    abort: ({ writer }) => writer.abort(),
  };
}

class Lines {
  count = 0;
  private waiting: string[] = [];

  constructor(private readonly writer: TextPartWriter) {}

  add(row: unknown): void {
    this.count++;
    if (this.waiting.push(lineOf(row)) >= CHUNK_ROWS) this.flush();
  }

  flush(): void {
    if (this.waiting.length === 0) return;
    this.writer.writeLines(this.waiting);
    this.waiting = [];
  }
}

/** Strings as they are, other primitives by `String`, arrays and objects as JSON. */
function lineOf(row: unknown): string {
  if (typeof row === 'string') return row;
  if (row === null || row === undefined)
    throw new FiresteelError(
      'UNSUPPORTED_VALUE',
      `saveAsTextFile met a row that is ${row}, which has no text form. Filter such rows out or map them to strings first.`,
    );
  if (typeof row !== 'object') return String(row);
  return JSON.stringify(row, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
}
