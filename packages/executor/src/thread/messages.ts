import type { BlockCompression } from '@firesteel/io';
import type {
  BackendEvent,
  BlockUpdate,
  Delivery,
  Removal,
  TaskDescription,
  TaskOutcome,
} from '@firesteel/plan';
import type { NewSharedPartition, SharedPartition } from '@firesteel/storage';
import type { FetchRequest, FetchResult } from './fetch-messages.js';

/** Driver to thread. Several travel in one post, in order. */
export type ThreadCommand =
  | Delivery
  | Removal
  | {
      readonly kind: 'tasks';
      readonly tasks: readonly TaskDescription[];
      /** For each task the cached blocks of the process that it may read. */
      readonly lent: readonly (readonly SharedPartition[])[];
    }
  /** Cached blocks of this thread were evicted by others. */
  | { readonly kind: 'letGo' }
  | {
      readonly kind: 'barrierRelease';
      readonly taskId: number;
      readonly messages: readonly string[];
    }
  | { readonly kind: 'kill'; readonly taskIds: readonly number[] }
  /** What the thread waits for after a `fetch`. */
  | { readonly kind: 'fetched'; readonly fetchId: number; readonly result: FetchResult };

/** Thread to driver. */
export type ThreadReport =
  | { readonly kind: 'started'; readonly taskId: number }
  | Extract<BackendEvent, { kind: 'barrierSync' }>
  | { readonly kind: 'ended'; readonly taskId: number; readonly outcome: TaskOutcome }
  /** The running task waits for blocks of other executors. */
  | {
      readonly kind: 'fetch';
      readonly fetchId: number;
      readonly requests: readonly FetchRequest[];
    }
  | { readonly kind: 'block'; readonly update: BlockUpdate }
  | { readonly kind: 'sharedBlock'; readonly partition: NewSharedPartition }
  /** This thread evicted blocks that others keep. */
  | { readonly kind: 'evictedOthers' }
  | { readonly kind: 'warning'; readonly code: string; readonly message: string };

/** Where a thread keeps cached blocks, map outputs and spilled data. */
export interface ThreadStorage {
  /** The memory budget of the process. */
  readonly budget: SharedArrayBuffer;
  /** The number of the thread in the budget. */
  readonly thread: number;
  /** The part of its heap limit that live rows may take. */
  readonly heapFraction: number;
  /** Where all map outputs go; absent where they may stay in memory. */
  readonly outputDirectory: string | undefined;
  /** The local directories of the application. */
  readonly localDirs: readonly string[];
  /** Of what goes to the local directories. */
  readonly compression: BlockCompression;
}

/** What a thread starts with. */
export interface ThreadStart {
  readonly port: import('node:worker_threads').MessagePort;
  /** One word: grows whenever a command was posted that a running task must see. */
  readonly urgent: Int32Array;
  readonly storage: ThreadStorage;
  readonly files: ThreadFiles;
  /** Of a message to the other tasks of a barrier stage. */
  readonly maxBarrierMessageBytes: number;
  /** Of what a task ends with; 0 for any size. */
  readonly maxResultBytes: number;
}

/** Where a thread finds files of the driver. */
export interface ThreadFiles {
  /** What `sc.addFile` has added. */
  readonly added: string;
  /** Packages at the driver's paths, below this directory; absent where those paths are the same. */
  readonly packages?: string;
}
