import { totalmem } from 'node:os';
import { type Config, FiresteelError } from '@firesteel/common';
import type { ExecutorMemory } from './process-storage.js';

const MIB = 1024 ** 2;

/** What a process of Node with the engine takes, before it has rows, and each thread besides. */
const PROCESS_BYTES = 64 * MIB;
const THREAD_BYTES = 32 * MIB;
/** By how much `executor.memory` exceeds that at least. */
const LEAST_FACTOR = 1.5;

/** Below that, a thread cannot even load the engine and the modules of a job. */
const MIN_HEAP_MIB = 64;

/** The part of a thread's heap that V8 may fill with young objects, and what it takes by itself. */
const YOUNG_FRACTION = 1 / 12;
const MIN_YOUNG_MIB = 12;
const MAX_YOUNG_MIB = 48;

/** The part of the machine's memory that an application takes for itself if nobody says how much. */
const MACHINE_FRACTION = 0.5;

/**
 * How an executor process divides its memory: `memory.fraction` and `memory.storageFraction` of
 * what Node and the engine leave are its budget, and the heap of each thread may take its part of
 * the whole.
 * @param memoryBytes of the process; without it a part of the machine's memory, and heaps as Node
 * limits them
 */
export function memoryLimits(
  config: Config,
  threads: number,
  memoryBytes: number | undefined,
): ExecutorMemory {
  const fraction = config.get('memory.fraction');
  const processBytes = memoryBytes ?? MACHINE_FRACTION * machineBytes();
  // An executor that nobody has checked works with what it has.
  const reservedBytes = Math.min(reservedFor(config, threads), processBytes / LEAST_FACTOR);
  const totalBytes = Math.floor((processBytes - reservedBytes) * fraction);
  const storageShareBytes = Math.floor(totalBytes * config.get('memory.storageFraction'));
  const limits = {
    totalBytes,
    storageShareBytes,
    heapFraction: fraction,
    processBytes,
    reservedBytes,
  };
  if (memoryBytes === undefined) return limits;
  const heapMib = Math.max(MIN_HEAP_MIB, Math.floor(memoryBytes / threads / MIB));
  const young = Math.floor(heapMib * YOUNG_FRACTION);
  const maxYoungMib = Math.min(MAX_YOUNG_MIB, Math.max(MIN_YOUNG_MIB, young));
  return { ...limits, threadHeap: { maxHeapMib: heapMib, maxYoungMib } };
}

/**
 * Refuses a memory of executors of which Node and the engine would leave too little.
 *
 * @throws FiresteelError INVALID_CONFIG_VALUE
 */
export function checkExecutorMemory(
  config: Config,
  threads: number,
  memoryBytes: number | undefined,
): void {
  const leastBytes = Math.ceil(LEAST_FACTOR * reservedFor(config, threads));
  if (memoryBytes === undefined || memoryBytes >= leastBytes) return;
  const mib = (bytes: number) => `${Math.ceil(bytes / MIB)}m`;
  throw new FiresteelError(
    'INVALID_CONFIG_VALUE',
    `An executor with ${threads} threads needs ${mib(leastBytes)} of memory at least, of which Node and the engine take two thirds (memory.reserved), but it is given ${mib(memoryBytes)}. Set executor.memory to more, or take fewer slots.`,
    { data: { threads, memoryBytes, leastBytes } },
  );
}

function reservedFor(config: Config, threads: number): number {
  return config.get('memory.reserved') ?? PROCESS_BYTES + threads * THREAD_BYTES;
}

/** Of the machine, or of the container that the process is confined to. */
function machineBytes(): number {
  const confined = process.constrainedMemory();
  return confined > 0 ? Math.min(totalmem(), confined) : totalmem();
}
