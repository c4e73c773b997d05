import {
  type BlockRequest,
  framesInMemory,
  type InputFrame,
  type MapBlock,
  wholeFrames,
} from '@firesteel/shuffle';

/** How the rest of a block is had: from a byte on, so many at most, of one version. */
export type FetchRest = (wanted: Required<Pick<BlockRequest, 'maxBytes' | 'rest'>>) => MapBlock;

/**
 * The frames of a block of another executor of which the first piece has come. Each further piece
 * begins with the frame that the one before has cut, so that a block of any size takes one window
 * of memory, or that of its largest frame.
 *
 * @param windowBytes of a piece
 */
export function* remoteFrames(
  first: MapBlock,
  windowBytes: number,
  fetchRest: FetchRest,
): Generator<InputFrame> {
  const { sizeBytes, version } = first;
  let { bytes } = first;
  let from = 0;
  let maxBytes = windowBytes;
  while (from + bytes.length < sizeBytes) {
    const { wholeBytes, nextBytes } = wholeFrames(bytes);
    yield* framesInMemory(bytes.subarray(0, wholeBytes), true);
    from += wholeBytes;
    bytes = bytes.subarray(wholeBytes);
    // A frame that does not end within the block is damaged.
    if (from + nextBytes > sizeBytes) break;
    // The next ones are likely to be as large.
    maxBytes = Math.max(maxBytes, nextBytes);
    ({ bytes } = fetchRest({ maxBytes, rest: { from, version } }));
  }
  yield* framesInMemory(bytes, true);
}
