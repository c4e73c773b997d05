import { FiresteelError, maskedValue } from '@firesteel/common';
import type { NamedAccumulator, SchedulerEvent } from '@firesteel/scheduler';

/** Of the format that docs/formats/event-log.md describes; grows when old readers would misread. */
export const EVENT_LOG_VERSION = 1;

/** While the application runs; for ever, if it crashes. */
export const IN_PROGRESS_SUFFIX = '.inprogress';
export const LOG_SUFFIX = '.jsonl';

/** The first line of a log. */
export interface LogStart {
  readonly kind: 'logStart';
  readonly version: number;
  /** The process that writes it, as `processIdentity` names it. */
  readonly process: string;
}

/** Longer values of accumulators are cut: a log is no place for data. */
const MAX_VALUE_LENGTH = 1000;

/** An event as a line, without its end. What is secret is masked. */
export function encodeEvent(event: SchedulerEvent): string {
  switch (event.kind) {
    case 'jobStart': {
      const properties = Object.fromEntries(
        Object.entries(event.properties).map(([key, value]) => [key, maskedValue(key, value)]),
      );
      return JSON.stringify({ ...event, properties });
    }
    case 'jobEnd': {
      if (event.result.kind === 'succeeded') break;
      const { name, message } = event.result.error;
      return JSON.stringify({ ...event, result: { kind: 'failed', error: { name, message } } });
    }
    case 'taskEnd':
    case 'stageCompleted':
      if (event.accumulators.length === 0) break;
      return JSON.stringify({ ...event, accumulators: event.accumulators.map(plain) });
  }
  return JSON.stringify(event);
}

function plain({ id, name, value }: NamedAccumulator): NamedAccumulator {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // A bigint, or a cycle.
  }
  if (text !== undefined && text.length <= MAX_VALUE_LENGTH) return { id, name, value };
  return { id, name, value: (text ?? String(value)).slice(0, MAX_VALUE_LENGTH) };
}

/** Undefined for a line that is no event, as a crash may leave one. */
export function decodeEvent(line: string): SchedulerEvent | undefined {
  const event = parseObject(line);
  if (typeof event?.kind !== 'string' || typeof event.time !== 'number') return undefined;
  if (event.kind === 'jobEnd') {
    const result = event.result as { kind: string; error?: { name: string; message: string } };
    if (result?.error !== undefined) {
      const { name, message } = result.error;
      return { ...event, result: { kind: 'failed', error: namedError(name, message) } } as never;
    }
  }
  return event as unknown as SchedulerEvent;
}

function namedError(name: string, message: string): Error {
  const error = new Error(message);
  Object.defineProperty(error, 'name', { value: name });
  return error;
}

/**
 * The first line of a log.
 *
 * @throws FiresteelError CORRUPT_INPUT for anything else, or the log of a newer Firesteel
 */
export function decodeLogStart(line: string, path: string): LogStart {
  const start = parseObject(line);
  if (start?.kind !== 'logStart' || typeof start.version !== 'number')
    throw new FiresteelError('CORRUPT_INPUT', `${path} is no event log of Firesteel.`, {
      data: { path },
    });
  if (start.version > EVENT_LOG_VERSION)
    throw new FiresteelError(
      'CORRUPT_INPUT',
      `${path} was written by a newer Firesteel: its format is ${start.version}, this one reads up to ${EVENT_LOG_VERSION}.`,
      { data: { path, version: start.version } },
    );
  return start as unknown as LogStart;
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
