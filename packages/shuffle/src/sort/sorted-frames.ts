import type { PairsChunk } from '../chunk.js';
import type { InputFrame } from '../files/input-frame.js';
import type { TaskSpace } from '../files/task-space.js';
import { HeldFrames } from '../spill/held-frames.js';
import { ExternalSorter } from './external-sorter.js';
import type { Compare } from './order.js';

/**
 * The pairs of blocks in the order of their keys, stably. Where all blocks belong to buckets of the
 * partition, which are ranges of keys, each of those is sorted by itself: the lines that are brought
 * into order lie in the caches of the processor then, and a bucket fits memory where a partition does not.
 *
 * @throws FiresteelError LOCAL_DISK_FAILED
 */
export function* sortedFrames(
  frames: Iterable<InputFrame>,
  space: TaskSpace,
  ascending: boolean,
  compare: Compare | undefined,
): Generator<PairsChunk> {
  const sorter = new ExternalSorter(space, ascending, compare);
  const inBuckets = new HeldFrames(space);
  let areAll = true;
  for (const frame of frames) {
    if (areAll && frame.header.bucket !== undefined) {
      inBuckets.add(frame);
      continue;
    }
    if (areAll) for (const held of inBuckets.frames) sorter.addFrame(held);
    areAll = false;
    sorter.addFrame(frame);
  }
  if (!areAll) {
    yield* sorter.sorted();
    return;
  }
  for (const bucket of bucketsOf(inBuckets.frames, ascending)) {
    for (const frame of bucket) sorter.addFrame(frame);
    yield* sorter.sorted();
    sorter.clear();
  }
}

/** The blocks of each bucket, in the order of the keys. */
function bucketsOf(frames: readonly InputFrame[], ascending: boolean): InputFrame[][] {
  const buckets = new Map<number, InputFrame[]>();
  for (const frame of frames) {
    const { bucket = -1 } = frame.header;
    const some = buckets.get(bucket);
    if (some === undefined) buckets.set(bucket, [frame]);
    else some.push(frame);
  }
  const sign = ascending ? 1 : -1;
  return [...buckets].sort(([a], [b]) => sign * (a - b)).map(([, some]) => some);
}
