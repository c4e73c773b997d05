import { totalmem } from 'node:os';
import type { Config } from '@firesteel/common';
import type { ExecutorMemory } from './process-storage.js';

/** Below that, a thread cannot even load the engine and the modules of a job. */
const MIN_HEAP_MIB = 64;

/** The part of the machine's memory that an application takes for itself if nobody says how much. */
const MACHINE_FRACTION = 0.5;

/**
 * How an executor process divides its memory: `memory.fraction` and `memory.storageFraction` of it
 * are its budget, and the heap of each thread may take its part of the whole.
 * @param memoryBytes of the process; without it a part of the machine's memory, and heaps as Node
 * limits them
 */
export function memoryLimits(
  config: Config,
  threads: number,
  memoryBytes: number | undefined,
): ExecutorMemory {
  const fraction = config.get('memory.fraction');
  const totalBytes = Math.floor((memoryBytes ?? MACHINE_FRACTION * machineBytes()) * fraction);
  const storageShareBytes = Math.floor(totalBytes * config.get('memory.storageFraction'));
  const limits = { totalBytes, storageShareBytes, heapFraction: fraction };
  if (memoryBytes === undefined) return limits;
  const heapMib = Math.floor(memoryBytes / threads / 1024 ** 2);
  return { ...limits, maxHeapMib: Math.max(MIN_HEAP_MIB, heapMib) };
}

/** Of the machine, or of the container that the process is confined to. */
function machineBytes(): number {
  const confined = process.constrainedMemory();
  return confined > 0 ? Math.min(totalmem(), confined) : totalmem();
}
