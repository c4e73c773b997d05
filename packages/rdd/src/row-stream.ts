import { Readable } from 'node:stream';
import { FiresteelError } from '@firesteel/common';

/** Rows as a stream of objects, read one at a time as they are wanted. */
export class RowStream extends Readable {
  readonly #rows: AsyncIterator<unknown>;
  readonly #cancel: () => void;

  /** @param cancel stops what is computed for the next row */
  constructor(rows: AsyncIterator<unknown>, cancel: () => void) {
    super({ objectMode: true });
    this.#rows = rows;
    this.#cancel = cancel;
  }

  override _read(): void {
    this.#rows.next().then(
      ({ done, value }) => {
        if (done === true) this.push(null);
        else if (value === null) this.destroy(nullRow());
        else this.push(value);
      },
      (error: Error) => this.destroy(error),
    );
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#cancel();
    callback(error);
  }
}

function nullRow(): FiresteelError {
  return new FiresteelError(
    'UNSUPPORTED_VALUE',
    'toReadable met a row that is null, which would end the stream. Filter such rows out, wrap rows in objects, or use toLocalIterator.',
  );
}
