import type { ByteSource } from './byte-source.js';

/** Bytes that are made of those of another source, a piece at a time. */
export abstract class PieceSource implements ByteSource {
  #piece: Uint8Array = new Uint8Array(0);
  #position = 0;

  constructor(protected readonly source: ByteSource) {}

  /** The next piece, possibly an empty one; null at the end. The next call may overwrite it. */
  protected abstract nextPiece(): Uint8Array | null;

  get path(): string {
    return this.source.path;
  }

  get bytesRead(): number {
    return this.source.bytesRead;
  }

  read(target: Uint8Array, offset: number, length: number): number {
    if (length === 0) return 0;
    while (this.#position === this.#piece.length) {
      const piece = this.nextPiece();
      if (piece === null) return 0;
      this.#piece = piece;
      this.#position = 0;
    }
    const count = Math.min(length, this.#piece.length - this.#position);
    target.set(this.#piece.subarray(this.#position, this.#position + count), offset);
    this.#position += count;
    return count;
  }

  close(): void {
    this.source.close();
  }
}
