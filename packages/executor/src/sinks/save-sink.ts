import { openPart, type PartWriter } from '@firesteel/io';
import type { FileOutput } from '@firesteel/plan';
import { asExpression } from '../compile/row.js';
import type { Sink, SinkState } from './sink.js';

interface SaveState extends SinkState {
  part: PartWriter;
}

/** Writes a part file in an attempt directory; it takes its place when the job has succeeded. */
export function saveSink(output: FileOutput): Sink<SaveState> {
  return {
    prologue: (code) => code.line('const part = S.part;'),
    row: (row, code) => {
      const line = row.kind === 'row' ? row.line : undefined;
      if (line === undefined) code.line(`part.add(${asExpression(row)});`);
      else code.line(`part.addLine(${line.view}, ${line.at}, ${line.end});`);
    },
    afterChunk: ({ part }) => part.endLines(),
    createState: (task) => ({
      done: false,
      part: openPart(output, task.partition, task.attempt),
    }),
    finish: ({ part }, task) => {
      const value = part.finish();
      task.counters.rowsWritten += value.rows;
      task.counters.bytesWritten += value.bytes;
      return { value };
    },
    abort: ({ part }) => part.abort(),
  };
}
