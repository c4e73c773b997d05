import { asciiString } from '@firesteel/codec';
import type { FileOutput, WrittenPart } from '@firesteel/plan';
import { fileSystemOf } from './file-systems.js';
import { LineEncoder } from './line-encoder.js';
import { ObjectFileWriter } from './object-file-writer.js';
import { jsonLine, textLine } from './row-lines.js';

/** Writes one attempt of a partition row by row; every method is synchronous. */
export interface PartWriter {
  /** @throws FiresteelError OUTPUT_FAILED; UNSUPPORTED_VALUE for a row without that form */
  add(row: unknown): void;
  /**
   * Adds a row that is a line of ASCII in memory, from `at` on and with a newline at `end`. It stays
   * there until `endLines` is called.
   */
  addLine(view: DataView, at: number, end: number): void;
  /** The memory of lines that were added may change from now on. */
  endLines(): void;
  /** Completes the file. What it gives is for `OutputJob.commit`. */
  finish(): WrittenPart;
  /** Removes what was written; idempotent. */
  abort(): void;
}

/**
 * Opens an attempt to write a partition of an output that the driver has begun; on executors,
 * after `loadCompression`.
 *
 * @throws FiresteelError OUTPUT_FAILED, also when the driver has given up the output meanwhile
 */
export function openPart(output: FileOutput, partition: number, attempt: number): PartWriter {
  const file = fileSystemOf(output.path).createPart(output, partition, attempt);
  const write = (bytes: Uint8Array) => file.write(bytes);
  const rows =
    output.format === 'objects'
      ? new ObjectFileWriter(output.compression, write)
      : new LineWriter(
          output.format === 'text' ? textLine : jsonLine,
          new LineEncoder(output.compression, write),
        );
  return {
    add: (row) => rows.add(row),
    addLine: (view, at, end) => rows.addLine(view, at, end),
    endLines: () => rows.endLines(),
    finish: () => {
      rows.finish();
      file.close();
      return { partition, rows: rows.rowCount, bytes: file.bytes, file: file.file };
    },
    abort: () => file.abort(),
  };
}

class LineWriter {
  rowCount = 0;

  constructor(
    private readonly lineOf: (row: unknown) => string,
    private readonly encoder: LineEncoder,
  ) {}

  add(row: unknown): void {
    this.encoder.add(this.lineOf(row));
    this.rowCount++;
  }

  addLine(view: DataView, at: number, end: number): void {
    if (this.lineOf === textLine) this.encoder.addLine(view, at, end);
    else this.encoder.add(this.lineOf(asciiString(view, at, end - at)));
    this.rowCount++;
  }

  endLines(): void {
    this.encoder.endLines();
  }

  finish(): void {
    this.encoder.finish();
  }
}
