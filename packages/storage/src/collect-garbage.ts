import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/**
 * Collects the garbage of this thread now, so that what V8 says of its heap is what is in use. Node
 * has no other way to ask for it than a flag, which new contexts see.
 */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
    setFlagsFromString('--no-expose-gc');
  }
  collect();
}

/** Growth that is worth a collection, whose time goes by what is in use. */
const MIN_GROWTH_BYTES = 32 * 1024 ** 2;
const MIN_GROWTH = 0.5;

/**
 * The garbage of a thread whose heap may be large by itself, but lies in a process that is to stay
 * small: V8 lets the heap of a main thread grow by hundreds of megabytes before it looks.
 */
export class GarbageCollection {
  private inUseBytes = heapBytes();

  /** Collects if the heap has grown by a half, and 32 MiB, since that was done last. */
  collectIfGrown(): void {
    const grownBytes = heapBytes() - this.inUseBytes;
    if (grownBytes < Math.max(MIN_GROWTH_BYTES, MIN_GROWTH * this.inUseBytes)) return;
    collectGarbage();
    this.inUseBytes = heapBytes();
  }
}

function heapBytes(): number {
  return getHeapStatistics().used_heap_size;
}
