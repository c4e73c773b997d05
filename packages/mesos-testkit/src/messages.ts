import { randomUUID } from 'node:crypto';
import type { DurationInfo, TaskState } from '@firesteel/mesos-protocol';

/** Small helpers for messages that masters and agents both send. */

/** A version 4 UUID. */
export const uuidBytes = (): Uint8Array => Buffer.from(randomUUID().replaceAll('-', ''), 'hex');

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export const durationMs = (duration: DurationInfo | undefined): number | undefined =>
  duration === undefined ? undefined : Number(duration.nanoseconds) / 1e6;

export const nanoseconds = (ms: number): bigint => BigInt(Math.round(ms * 1000)) * 1000n;

const terminalStates: ReadonlySet<TaskState> = new Set([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
]);

export const isTerminal = (state: TaskState): boolean => terminalStates.has(state);
