import { gzipSync } from 'node:zlib';

/** Characters that are joined and encoded at once. */
const BATCH_CHARS = 64 * 1024;
/** Text bytes of one gzip member; big enough that restarting the dictionary costs under 1 %. */
const MEMBER_BYTES = 1024 * 1024;

/**
 * Turns lines into the bytes of a text file. With gzip the file is a sequence of members, which
 * RFC 1952 section 2.2 defines to be their texts one after the other: so each can be compressed
 * synchronously and memory stays bounded.
 */
export class LineEncoder {
  readonly #gzip: boolean;
  readonly #emit: (bytes: Uint8Array) => void;
  #pending: string[] = [];
  #pendingChars = 0;
  #member: Buffer[] = [];
  #memberBytes = 0;
  #emittedMembers = 0;

  constructor(compression: 'none' | 'gzip', emit: (bytes: Uint8Array) => void) {
    this.#gzip = compression === 'gzip';
    this.#emit = emit;
  }

  encode(lines: readonly string[]): void {
    for (const line of lines) {
      this.#pending.push(line);
      this.#pendingChars += line.length + 1;
      if (this.#pendingChars >= BATCH_CHARS) this.#encodePending();
    }
  }

  /** Emits what is still held back. */
  finish(): void {
    if (this.#pending.length > 0) this.#encodePending();
    // Even no text at all needs one member to be a valid gzip file.
    if (this.#gzip && (this.#memberBytes > 0 || this.#emittedMembers === 0)) this.#emitMember();
  }

  #encodePending(): void {
    const bytes = Buffer.from(`${this.#pending.join('\n')}\n`, 'utf8');
    this.#pending = [];
    this.#pendingChars = 0;
    if (!this.#gzip) {
      this.#emit(bytes);
      return;
    }
    this.#member.push(bytes);
    this.#memberBytes += bytes.length;
    if (this.#memberBytes >= MEMBER_BYTES) this.#emitMember();
  }

  #emitMember(): void {
    this.#emit(gzipSync(Buffer.concat(this.#member)));
    this.#member = [];
    this.#memberBytes = 0;
    this.#emittedMembers++;
  }
}
