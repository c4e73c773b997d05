import { type TaskStatus, type TaskTable, taskStatuses } from './task-table.js';

/** What ran where and when, short tasks drawn together. */
export interface TaskTimeline {
  /** Milliseconds since the Unix epoch. */
  readonly startTime: number;
  readonly endTime: number;
  /** One for each slot that has run a task, in the order of their numbers. */
  readonly lanes: readonly { readonly slot: number; readonly executorId: string }[];
  readonly segments: readonly TimelineSegment[];
}

/** A task, or some short ones that followed one another on the same lane. */
export interface TimelineSegment {
  readonly lane: number;
  /** Milliseconds since the start of the timeline. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Of the worst of them. */
  readonly status: TaskStatus;
  readonly numTasks: number;
  /** Of the first of them. */
  readonly taskId: number;
  readonly partition: number;
}

type Open = { -readonly [K in keyof TimelineSegment]: TimelineSegment[K] };

/**
 * @param steps how many different times can be told apart on the drawing; what is shorter than one
 *   of them is drawn together with what is beside it
 * @param now up to when tasks that run have run
 */
export function timelineOf(tasks: TaskTable, steps: number, now: number): TaskTimeline {
  const rows = tasks.rows();
  let startTime = Number.POSITIVE_INFINITY;
  let endTime = 0;
  for (const row of rows) {
    const start = tasks.value('startTime', row);
    startTime = Math.min(startTime, start);
    endTime = Math.max(endTime, start + tasks.durationMs(row, now));
  }
  if (rows.length === 0) return { startTime: now, endTime: now, lanes: [], segments: [] };
  const stepMs = (endTime - startTime) / steps;

  const bySlot = new Map<number, number[]>();
  for (const row of rows) {
    const slot = tasks.value('slot', row);
    const ofSlot = bySlot.get(slot);
    if (ofSlot === undefined) bySlot.set(slot, [row]);
    else ofSlot.push(row);
  }
  const slots = [...bySlot.keys()].sort((a, b) => a - b);
  const segments: TimelineSegment[] = [];
  const lanes = slots.map((slot, lane) => {
    const ofSlot = bySlot.get(slot) as number[];
    let last: Open | undefined;
    for (const row of ofSlot) {
      const segment = segmentOf(tasks, row, lane, startTime, now);
      if (last !== undefined && belongTogether(last, segment, stepMs)) join(last, segment);
      else {
        last = segment;
        segments.push(segment);
      }
    }
    return { slot, executorId: tasks.row(ofSlot[0] as number, now).executorId };
  });
  return { startTime, endTime, lanes, segments };
}

function segmentOf(
  tasks: TaskTable,
  row: number,
  lane: number,
  startTime: number,
  now: number,
): Open {
  const fromMs = tasks.value('startTime', row) - startTime;
  return {
    lane,
    fromMs,
    toMs: fromMs + tasks.durationMs(row, now),
    status: tasks.status(row),
    numTasks: 1,
    taskId: tasks.value('taskId', row),
    partition: tasks.value('partition', row),
  };
}

/** Nobody could see where one ends and the other begins. */
function belongTogether(last: Open, next: Open, stepMs: number): boolean {
  const isShort = (segment: Open) =>
    segment.numTasks > 1 || segment.toMs - segment.fromMs < 2 * stepMs;
  return next.fromMs - last.toMs < stepMs && isShort(last) && isShort(next);
}

function join(last: Open, next: Open): void {
  last.toMs = Math.max(last.toMs, next.toMs);
  last.numTasks += next.numTasks;
  if (severity(next.status) > severity(last.status)) last.status = next.status;
}

/** Failures should not drown. */
function severity(status: TaskStatus): number {
  return status === 'success' ? -1 : taskStatuses.indexOf(status);
}
