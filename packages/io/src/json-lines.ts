import { FiresteelError, shown } from '@firesteel/common';
import type { BadLine, BadLineHandler, FilePart } from '@firesteel/plan';
import type { FileReader } from './file-reader.js';
import { openLines } from './text-lines.js';

const ENCODING = 'utf-8';

/** The values of the lines of a part of a file; blank lines are left out. */
export function openJsonLines(
  part: FilePart,
  badLines: 'fail' | 'skip' | BadLineHandler,
): FileReader {
  const lines = openLines(part, ENCODING);
  const numbers = new LineNumbers(part);
  const parseBad = (line: string, index: number, error: unknown): unknown => {
    if (line.trim() === '' || badLines === 'skip') return undefined;
    const bad: BadLine = {
      path: part.path,
      lineNumber: numbers.of(index),
      line,
      error: error as SyntaxError,
    };
    if (badLines === 'fail') throw noJson(bad);
    return badLines(bad);
  };
  const rowsOf = (chunk: readonly string[]): unknown[] => {
    const rows: unknown[] = [];
    for (let i = 0; i < chunk.length; i++) {
      const line = chunk[i] as string;
      try {
        rows.push(JSON.parse(line));
      } catch (error) {
        const row = parseBad(line, i, error);
        if (row !== undefined) rows.push(row);
      }
    }
    numbers.add(chunk.length);
    return rows;
  };
  return {
    get bytesRead() {
      return lines.bytesRead;
    },
    readChunk() {
      for (let chunk = lines.readChunk(); chunk !== null; chunk = lines.readChunk()) {
        const rows = rowsOf(chunk);
        if (rows.length > 0) return rows;
      }
      return null;
    },
    close: () => lines.close(),
  };
}

/** Numbers the lines of a part. Those of the parts before it are counted if a number is wanted. */
class LineNumbers {
  #before: number | undefined;
  #read = 0;

  constructor(private readonly part: FilePart) {}

  add(count: number): void {
    this.#read += count;
  }

  /** Of the line at `index` behind those that were added. */
  of(index: number): number {
    this.#before ??= this.#countBefore();
    return this.#before + this.#read + index + 1;
  }

  #countBefore(): number {
    const { startByte } = this.part;
    if (startByte === 0) return 0;
    const reader = openLines({ ...this.part, startByte: 0, endByte: startByte }, ENCODING);
    try {
      let count = 0;
      for (let chunk = reader.readChunk(); chunk !== null; chunk = reader.readChunk())
        count += chunk.length;
      return count;
    } finally {
      reader.close();
    }
  }
}

function noJson({ path, lineNumber, line, error }: BadLine): FiresteelError {
  return new FiresteelError(
    'CORRUPT_INPUT',
    `Line ${lineNumber} of input file ${JSON.stringify(path)} is no JSON: ${error.message}: ${shown(line)}. Mend the line, or pass { badLines: 'skip' } or a function that is told of such lines.`,
    { cause: error, data: { path, line: lineNumber } },
  );
}
