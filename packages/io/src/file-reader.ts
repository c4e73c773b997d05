import type { AsciiLines } from '@firesteel/codec';
import type { BadLineHandler, FileFormat, FilePart } from '@firesteel/plan';
import { openJsonLines } from './json-lines.js';
import { openRecords } from './records.js';
import { openLines } from './text-lines.js';
import { openWholeFile } from './whole-files.js';

/** The rows of some parts of files, in order, a chunk at a time. */
export interface FileReader {
  /**
   * The next rows, never none, in an array of the caller's; null at the end. Rows may share memory
   * with their whole chunk: copy what is kept.
   *
   * @throws FiresteelError CORRUPT_INPUT, PATH_NOT_FOUND or PATH_NOT_READABLE
   */
  readChunk(): unknown[] | null;
  /** The rows of the last chunk as lines in memory, if they are that, until the next one is read. */
  readonly lines?: AsciiLines | undefined;
  /** Bytes of the files read so far, as they lie in the files. */
  readonly bytesRead: number;
  /** Idempotent; also for stopping early. */
  close(): void;
}

type RowFormat = Exclude<FileFormat<unknown>, { kind: 'objects' | 'jsonLines' }>;

/** A format of rows with the functions of the job in it. */
export type ReadableFormat =
  | RowFormat
  | { readonly kind: 'jsonLines'; readonly badLines: 'fail' | 'skip' | BadLineHandler };

/** Opens parts of files as rows; on executors, after `loadCompression` for what they need. */
export function openFiles(format: ReadableFormat, parts: readonly FilePart[]): FileReader {
  const [only] = parts;
  return parts.length === 1 && only !== undefined
    ? openPart(format, only)
    : new PartsReader(format, parts);
}

function openPart(format: ReadableFormat, part: FilePart): FileReader {
  switch (format.kind) {
    case 'text':
      return openLines(part, format.encoding);
    case 'jsonLines':
      return openJsonLines(part, format.badLines);
    case 'records':
      return openRecords(part, format.recordBytes);
    case 'wholeText':
      return openWholeFile(part, format.encoding);
    case 'binary':
      return openWholeFile(part, undefined);
  }
}

class PartsReader implements FileReader {
  #next = 0;
  #current: FileReader | undefined;
  #bytesBefore = 0;

  constructor(
    private readonly format: ReadableFormat,
    private readonly parts: readonly FilePart[],
  ) {}

  get bytesRead(): number {
    return this.#bytesBefore + (this.#current?.bytesRead ?? 0);
  }

  get lines(): AsciiLines | undefined {
    return this.#current?.lines;
  }

  readChunk(): unknown[] | null {
    for (;;) {
      if (this.#current === undefined) {
        const part = this.parts[this.#next++];
        if (part === undefined) return null;
        this.#current = openPart(this.format, part);
      }
      const chunk = this.#current.readChunk();
      if (chunk !== null) return chunk;
      this.#endCurrent();
    }
  }

  close(): void {
    this.#next = this.parts.length;
    this.#endCurrent();
  }

  #endCurrent(): void {
    this.#bytesBefore = this.bytesRead;
    this.#current?.close();
    this.#current = undefined;
  }
}
