import { TextDecoder } from 'node:util';
import type { ByteSource } from './byte-source.js';
import { PieceSource } from './piece-source.js';

const INPUT_BYTES = 64 * 1024;

/** The text of a source as UTF-8, for encodings in which lines cannot be found without decoding. */
export class TranscodingSource extends PieceSource {
  readonly #decoder: TextDecoder;
  readonly #input = new Uint8Array(INPUT_BYTES);
  #ended = false;

  constructor(source: ByteSource, encoding: string) {
    super(source);
    this.#decoder = new TextDecoder(encoding);
  }

  protected nextPiece(): Uint8Array | null {
    if (this.#ended) return null;
    const count = this.source.read(this.#input, 0, INPUT_BYTES);
    this.#ended = count === 0;
    const text = this.#decoder.decode(this.#input.subarray(0, count), { stream: !this.#ended });
    return Buffer.from(text, 'utf8');
  }
}
