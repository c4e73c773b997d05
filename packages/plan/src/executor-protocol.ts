import type { Delivery, Removal } from './delivery.js';
import type { Platform, ShippedItem } from './file-tree.js';
import type { CachedBlockId } from './job-plan.js';
import type { StorageLevelName } from './storage-level.js';
import type { BackendEvent, ExecutorAddress, MapOutput, TaskDescription } from './task.js';

/** Grows with every change of these messages: driver and executor must have the same. */
export const EXECUTOR_PROTOCOL = 2;

/** The first request of an executor; the driver accepts it or replies with an error. */
export interface RegisterExecutor {
  readonly kind: 'register';
  readonly protocol: number;
  readonly nodeVersion: string;
  /** Where other executors fetch its blocks. */
  readonly address: ExecutorAddress;
  readonly cores: number;
  /** Where its output can be read, by name, such as `stderr`. */
  readonly logUrls: Readonly<Record<string, string>>;
  readonly platform: Platform;
  /** It sees the files of the driver at the same paths, and needs no packages sent. */
  readonly sharesFiles: boolean;
  /** Of the shuffle service on its host that keeps its map outputs. */
  readonly shuffleServicePort?: number;
}

/** A request that the executor repeats, so that each side knows that the other one is there. */
interface Heartbeat {
  readonly kind: 'heartbeat';
  readonly metrics: ExecutorMetrics;
}

export interface ExecutorMetrics {
  readonly residentBytes: number;
  /** Processor time of all threads since the start. */
  readonly cpuTimeMs: number;
  /** Map outputs in memory. */
  readonly shuffleBytes: number;
}

/**
 * Asks for bytes of a tree, its files one behind the other; the reply has as many as the driver
 * likes, at least one.
 */
interface ReadTree {
  readonly kind: 'readTree';
  readonly id: string;
  readonly offset: number;
}

/** What an executor asks the driver. */
export type ExecutorRequest = RegisterExecutor | Heartbeat | ReadTree;

/** What an executor reports; slots are its own numbers for them. */
export interface ExecutorReports {
  readonly kind: 'events';
  readonly events: readonly ExecutorEvent[];
}

type ExecutorEvent =
  | BackendEvent
  /** What a task ended with is too large for a message: it is read as a block, and then forgotten. */
  | { readonly kind: 'outcomeStored'; readonly taskId: number };

/** What an executor that leaves is asked; the reply is a `BlockInventory`. */
export interface TakeInventory {
  readonly kind: 'takeInventory';
}

/** What an executor holds for others. */
export interface BlockInventory {
  readonly outputs: readonly { readonly shuffleId: number; readonly mapPartition: number }[];
  readonly cached: readonly (CachedBlockId & { readonly level: StorageLevelName })[];
}

/** Asks an executor to copy blocks of another one that leaves. It replies when it has tried. */
export interface AdoptBlocks extends BlockInventory {
  readonly kind: 'adopt';
  readonly from: ExecutorAddress;
}

/** What the driver asks an executor. */
export type DriverRequest = TakeInventory | AdoptBlocks;

/** What the driver sends, in lists, in order. */
export type ExecutorCommand =
  | Extract<Delivery, { kind: 'closures' | 'program' }>
  | { readonly kind: 'shuffle'; readonly shuffleId: number; readonly outputs: OutputLocations }
  | { readonly kind: 'broadcast'; readonly id: number; readonly parts: readonly Uint8Array[] }
  | Removal
  | { readonly kind: 'ship'; readonly items: readonly ShippedItem[] }
  | {
      readonly kind: 'launch';
      readonly slot: number;
      readonly tasks: readonly TaskDescription[];
      /** Ids of shipped items that must be there before. */
      readonly needs: readonly string[];
    }
  | { readonly kind: 'kill'; readonly taskIds: readonly number[] }
  | { readonly kind: 'forgetOutcome'; readonly taskId: number }
  | {
      readonly kind: 'releaseBarrier';
      readonly taskIds: readonly number[];
      readonly messages: readonly string[];
    };

/** The map outputs of a shuffle in few bytes: map partition p is with `executors[owners[p]]`. */
export interface OutputLocations {
  readonly executors: readonly ExecutorAddress[];
  readonly owners: Int32Array;
}

/** @throws Error for an output that lies in the memory of a process: it has no address */
export function locationsOf(outputs: readonly MapOutput[]): OutputLocations {
  const executors: ExecutorAddress[] = [];
  const indexes = new Map<string, number>();
  const owners = Int32Array.from(outputs, ({ location }) => {
    if (location.kind !== 'executor') throw new Error('a map output has no address');
    const { address } = location;
    const known = indexes.get(address.executorId);
    if (known !== undefined) return known;
    indexes.set(address.executorId, executors.length);
    return executors.push(address) - 1;
  });
  return { executors, owners };
}
