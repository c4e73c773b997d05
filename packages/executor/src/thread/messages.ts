import type {
  BackendEvent,
  BroadcastPayload,
  MapOutput,
  StageProgram,
  TaskDescription,
  TaskOutcome,
} from '@firesteel/plan';
import type { FetchRequest, FetchResult } from './fetch-messages.js';

/** Driver to thread. Several travel in one post, in order. */
export type ThreadCommand =
  | { readonly kind: 'closures'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'program'; readonly program: StageProgram }
  | {
      readonly kind: 'shuffle';
      readonly shuffleId: number;
      readonly outputs: readonly MapOutput[];
    }
  | { readonly kind: 'broadcast'; readonly payload: BroadcastPayload }
  | {
      readonly kind: 'remove';
      readonly what: 'closures' | 'program' | 'shuffle' | 'cachedRdd' | 'broadcast';
      readonly id: number;
    }
  | { readonly kind: 'tasks'; readonly tasks: readonly TaskDescription[] }
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
    };

/** What a thread starts with. */
export interface ThreadStart {
  readonly port: import('node:worker_threads').MessagePort;
  /** One word: grows whenever a command was posted that a running task must see. */
  readonly urgent: Int32Array;
}
