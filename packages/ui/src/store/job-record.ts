import type { JobEnd, JobStart } from '@firesteel/scheduler';

/** What is known about a job; its tasks are counted as they begin and end. */
export interface JobRecord {
  readonly start: JobStart;
  end: JobEnd | undefined;
  active: number;
  succeeded: number;
  failed: number;
  killed: number;
}

export function newJobRecord(start: JobStart): JobRecord {
  return { start, end: undefined, active: 0, succeeded: 0, failed: 0, killed: 0 };
}
