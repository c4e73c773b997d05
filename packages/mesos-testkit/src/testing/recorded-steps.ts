import type { EnvelopeTypes } from '@firesteel/mesos-protocol';
import type { TraceStep } from '../../../../test/fixtures/mesos-traces/traces.js';

/** A message in its JSON form, of which nothing is certain. */
// biome-ignore lint/suspicious/noExplicitAny: recorded JSON of any shape is walked through
export type Json = any;

export type EventName = 'scheduler.Event' | 'executor.Event' | 'master.Event';

export const sideOf = ({ who, stream }: TraceStep): string => stream ?? who ?? '';

export function callName({ who, stream }: TraceStep): keyof EnvelopeTypes & `${string}.Call` {
  if (stream === 'agent-operator') return 'agent.Call';
  if (who === 'operator') return 'master.Call';
  return who === 'executor' ? 'executor.Call' : 'scheduler.Call';
}

/** Which events a request opens a stream of: the recorded answer was 200 and a stream. */
export function openedBy({ who }: TraceStep, answer: TraceStep | undefined): EventName | undefined {
  const isStream = answer?.headers?.['Transfer-Encoding'] === 'chunked';
  if (answer?.status !== 200 || !isStream) return undefined;
  if (who === 'executor') return 'executor.Event';
  return who === 'operator' ? 'master.Event' : 'scheduler.Event';
}

/** Events of different channels may come in any order. */
export function channelOf(event: Json): string {
  const status = event.update?.status;
  if (status === undefined) {
    const task = event.task_updated?.status.task_id.value ?? event.task_added?.task.task_id.value;
    const acknowledged = event.acknowledged?.task_id.value;
    return event.type === 'FAILURE' ? 'end' : `${event.type} ${task ?? acknowledged ?? ''}`;
  }
  if (status.source === 'SOURCE_AGENT' && status.reason !== 'REASON_TASK_KILLED_DURING_LAUNCH')
    return 'end';
  return `${status.source} ${status.task_id.value}`;
}

/** Events that come because time passes, and not because something happened. */
export function isTimeDriven(event: Json): boolean {
  const { reason, state } = event.update?.status ?? {};
  return (
    event.type === 'OFFERS' ||
    (event.type === 'FAILURE' &&
      (event.failure.executor_id === undefined || event.failure.status === 9)) ||
    (reason === 'REASON_AGENT_REMOVED' && state !== undefined) ||
    reason === 'REASON_EXECUTOR_REGISTRATION_TIMEOUT' ||
    reason === 'REASON_AGENT_REREGISTERED'
  );
}
