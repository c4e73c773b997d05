import type { Block } from '@firesteel/codec';
import {
  FRAME_HEADER_BYTES,
  type FrameHeader,
  frameBytes,
  openFrame,
  readFrameHeader,
} from './frames.js';
import type { OpenFiles } from './open-files.js';

/** A block that a task is going to read, perhaps more than once. */
export interface InputFrame {
  readonly header: FrameHeader;
  /** Memory of the task that goes when the frame goes. */
  readonly heldBytes: number;
  /** @throws FiresteelError SHUFFLE_BLOCK_CORRUPT, LOCAL_DISK_FAILED */
  open(): Block;
  /** The block as it is stored. */
  stored(): Uint8Array;
}

/**
 * The frames that lie in these bytes.
 *
 * @param isHeld whether the bytes are memory of the task, and not of a map output
 */
export function* framesInMemory(bytes: Uint8Array, isHeld: boolean): Generator<InputFrame> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; ) {
    const header = readFrameHeader(view, at, bytes.length);
    const from = at + FRAME_HEADER_BYTES;
    const stored = bytes.subarray(from, from + header.storedBytes);
    const size = frameBytes(header);
    yield {
      header,
      heldBytes: isHeld ? size : 0,
      open: () => openFrame(header, stored),
      stored: () => stored,
    };
    at += size;
  }
}

/**
 * How many bytes the frames take that are complete in these bytes, and how many the one behind them
 * needs, as far as that can be seen.
 */
export function wholeFrames(bytes: Uint8Array): { wholeBytes: number; nextBytes: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  while (at + FRAME_HEADER_BYTES <= bytes.length) {
    const nextBytes = frameBytes(readFrameHeader(view, at, Number.POSITIVE_INFINITY));
    if (at + nextBytes > bytes.length) return { wholeBytes: at, nextBytes };
    at += nextBytes;
  }
  return { wholeBytes: at, nextBytes: FRAME_HEADER_BYTES };
}

/** The frames from byte `start` to before `end` of a file; blocks are read when they are opened. */
export function* framesInFile(
  files: OpenFiles,
  path: string,
  start: number,
  end: number,
): Generator<InputFrame> {
  for (let at = start; at < end; ) {
    const head = files.read(path, at, FRAME_HEADER_BYTES);
    const view = new DataView(head.buffer, head.byteOffset, head.length);
    const header = readFrameHeader(view, 0, end - at);
    const from = at + FRAME_HEADER_BYTES;
    const stored = () => files.read(path, from, header.storedBytes);
    yield { header, heldBytes: 0, open: () => openFrame(header, stored()), stored };
    at += frameBytes(header);
  }
}
