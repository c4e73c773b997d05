import { totalmem } from 'node:os';
import type { Config } from '@firesteel/common';
import type { ExecutorMemory } from './process-storage.js';

/** The part of the machine's memory that an application takes for itself if nobody says how much. */
const MACHINE_FRACTION = 0.5;

/**
 * What `memory.fraction` and `memory.storageFraction` leave of the memory of an executor.
 * @param executorBytes without it a part of the machine's memory
 */
export function memoryLimits(
  config: Config,
  executorBytes = MACHINE_FRACTION * machineBytes(),
): ExecutorMemory {
  const fraction = config.get('memory.fraction');
  const totalBytes = Math.floor(executorBytes * fraction);
  const storageShareBytes = Math.floor(totalBytes * config.get('memory.storageFraction'));
  return { totalBytes, storageShareBytes, heapFraction: fraction };
}

/** Of the machine, or of the container that the process is confined to. */
function machineBytes(): number {
  const confined = process.constrainedMemory();
  return confined > 0 ? Math.min(totalmem(), confined) : totalmem();
}
