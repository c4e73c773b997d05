import { FiresteelError } from '@firesteel/common';

/** Memory of at least this size is shared; less is not worth a buffer of its own. */
const MIN_SHARED_BYTES = 4096;

type AnyBuffer = ArrayBuffer | SharedArrayBuffer;

/** Where the bytes of a buffer are: a part of their own, or a range of the small ones' part. */
export type MemorySpan =
  | { readonly kind: 'shared'; readonly part: number }
  | { readonly kind: 'copied'; readonly start: number; readonly end: number };

/** The buffers of a value that is captured, each once. */
export class MemoryTable {
  readonly #indices = new Map<AnyBuffer, number>();
  /** Buffers that are to arrive as memory of the thread's own. */
  readonly #own = new Set<number>();

  indexOf(buffer: AnyBuffer): number {
    const known = this.#indices.get(buffer);
    if (known !== undefined) return known;
    const index = this.#indices.size;
    this.#indices.set(buffer, index);
    return index;
  }

  /** An ArrayBuffer that functions can reach in its own right has to arrive as one. */
  keepOwn(index: number): void {
    this.#own.add(index);
  }

  /** A copy of all buffers; large ones in shared memory of their own. */
  pack(): { readonly spans: readonly MemorySpan[]; readonly parts: readonly SharedArrayBuffer[] } {
    const large: SharedArrayBuffer[] = [];
    const small: AnyBuffer[] = [];
    let smallBytes = 0;
    const spans = [...this.#indices].map(([buffer, index]): MemorySpan => {
      const { byteLength } = buffer;
      const isShared = buffer instanceof SharedArrayBuffer;
      if (isShared || (byteLength >= MIN_SHARED_BYTES && !this.#own.has(index)))
        // Part 0 holds the small ones.
        return { kind: 'shared', part: large.push(sharedCopy([buffer])) };
      small.push(buffer);
      smallBytes += byteLength;
      return { kind: 'copied', start: smallBytes - byteLength, end: smallBytes };
    });
    return { spans, parts: [sharedCopy(small), ...large] };
  }
}

/** The bytes of some buffers, one after the other. */
export function sharedCopy(buffers: readonly (AnyBuffer | Uint8Array)[]): SharedArrayBuffer {
  const copy = new SharedArrayBuffer(buffers.reduce((sum, { byteLength }) => sum + byteLength, 0));
  const bytes = new Uint8Array(copy);
  let at = 0;
  for (const buffer of buffers) {
    bytes.set(buffer instanceof Uint8Array ? buffer : new Uint8Array(buffer), at);
    at += buffer.byteLength;
  }
  return copy;
}

/** The buffers of a value that is revived; `parts` as `MemoryTable.pack` made them. */
export class RevivedMemory {
  readonly #buffers: (AnyBuffer | undefined)[] = [];

  constructor(
    private readonly spans: readonly MemorySpan[],
    private readonly parts: readonly SharedArrayBuffer[],
  ) {}

  get(index: number): AnyBuffer {
    const known = this.#buffers[index];
    if (known !== undefined) return known;
    const span = this.spans[index];
    const buffer =
      span?.kind === 'copied'
        ? new Uint8Array(this.parts[0] ?? new SharedArrayBuffer(0)).slice(span.start, span.end)
            .buffer
        : this.parts[span?.part ?? -1];
    if (buffer === undefined)
      throw new FiresteelError('CLOSURE_REVIVE_FAILED', 'The memory of a value is incomplete.');
    this.#buffers[index] = buffer;
    return buffer;
  }
}
