import { type AsciiStrings, asciiString, type Block } from '@firesteel/codec';
import { FiresteelError } from '@firesteel/common';
import { CHUNK_ROWS } from '../chunk.js';
import type { InputFrame } from '../files/input-frame.js';
import { pairColumns } from '../pair-columns.js';
import { asciiOf } from './line-pairs.js';

/** Pairs of a block: keys are decoded, values only if they are no ASCII. */
interface RunChunk {
  readonly keys: readonly unknown[];
  readonly values: ArrayLike<unknown> | undefined;
  readonly strings: AsciiStrings | undefined;
  /** The first row of it in `strings`. */
  readonly from: number;
}

const NOTHING: RunChunk = { keys: [], values: undefined, strings: undefined, from: 0 };

/** The pairs of one sorted run, one of which is in front. */
export class RunReader {
  key: unknown;
  private readonly chunks: Iterator<RunChunk>;
  private chunk = NOTHING;
  private at = -1;

  constructor(
    frames: Iterable<InputFrame>,
    /** Equal keys of earlier runs come first. */
    readonly run: number,
  ) {
    this.chunks = chunksOfRun(frames);
  }

  /** Brings the next pair to the front; false at the end of the run. */
  next(): boolean {
    if (++this.at >= this.chunk.keys.length) {
      const next = this.chunks.next();
      if (next.done === true) return false;
      this.chunk = next.value;
      this.at = 0;
    }
    this.key = this.chunk.keys[this.at];
    return true;
  }

  /** Where the value is number `row`, if it is ASCII. */
  get strings(): AsciiStrings | undefined {
    return this.chunk.strings;
  }

  get row(): number {
    return this.chunk.from + this.at;
  }

  get value(): unknown {
    const { strings, values } = this.chunk;
    if (strings === undefined) return values?.[this.at];
    const at = strings.starts[this.row] as number;
    return asciiString(strings.view, at, (strings.starts[this.row + 1] as number) - at);
  }
}

function* chunksOfRun(frames: Iterable<InputFrame>): Generator<RunChunk> {
  for (const frame of frames) yield* chunksOfBlock(frame.open());
}

function* chunksOfBlock(block: Block): Generator<RunChunk> {
  const pair = pairColumns(block);
  if (pair === undefined)
    throw new FiresteelError('INTERNAL', 'A block of a sorted run has rows that are no pairs.');
  const strings = asciiOf(pair.values);
  for (let from = 0; from < block.rowCount; from += CHUNK_ROWS) {
    const to = Math.min(block.rowCount, from + CHUNK_ROWS);
    const values = strings === undefined ? pair.values.slice(from, to) : undefined;
    yield { keys: pair.keys.toArray(from, to), values, strings, from };
  }
}
