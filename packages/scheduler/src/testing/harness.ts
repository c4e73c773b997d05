import type { JobPlan, JobProperties } from '@firesteel/plan';
import type { SchedulerEvent, SchedulerEventKind } from '../events.js';
import type { OnResult } from '../job.js';
import { ListenerBus } from '../listener-bus.js';
import { Scheduler, type SchedulerOptions } from '../scheduler.js';
import { FakeBackend, mix } from './fake-backend.js';
import { ManualClock } from './manual-clock.js';
import type { StageSketch } from './plans.js';

export interface Harness {
  readonly backend: FakeBackend;
  readonly clock: ManualClock;
  readonly bus: ListenerBus;
  readonly scheduler: Scheduler;
  readonly events: SchedulerEvent[];
  submit(
    plan: JobPlan,
    properties?: JobProperties,
    onResult?: OnResult,
  ): { readonly jobId: number; readonly result: Promise<number[]> };
}

const kinds: readonly SchedulerEventKind[] = [
  'jobStart',
  'jobEnd',
  'stageSubmitted',
  'stageCompleted',
  'taskStart',
  'taskEnd',
];

export async function startScheduler(
  options: Partial<SchedulerOptions> & {
    readonly slots?: number;
    readonly tasksPerSlot?: number;
    readonly maxSlots?: number;
  } = {},
): Promise<Harness> {
  const backend = new FakeBackend(options);
  const clock = new ManualClock();
  const bus = new ListenerBus();
  const events: SchedulerEvent[] = [];
  for (const kind of kinds) bus.on(kind, (event) => events.push(event));
  const scheduler = new Scheduler({
    backend,
    clock,
    listenerBus: bus,
    decodeError: (bytes) => new TypeError(new TextDecoder().decode(bytes)),
    maxTaskFailures: 4,
    maxStageAttempts: 4,
    localityWaits: { processMs: 3000, hostMs: 3000 },
    barrierSlotsWaitMs: 600_000,
    ...options,
  });
  await scheduler.start();
  return {
    backend,
    clock,
    bus,
    scheduler,
    events,
    submit(plan, properties, onResult) {
      const jobId = scheduler.newJobId();
      const result = scheduler
        .submit(jobId, plan, { ...(properties && { properties }), ...(onResult && { onResult }) })
        .then((parts) => parts.map((bytes) => new Float64Array(bytes.slice().buffer)[0] ?? 0));
      // Awaited later, or not at all by tests of other things.
      result.catch(() => {});
      return { jobId, result };
    },
  };
}

/** Lets launch rounds, promises and listeners run. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 8; i++) await Promise.resolve();
}

/** Runs tasks, and then timers, until nothing is left to do. */
export async function runAll({ backend, clock }: Harness): Promise<void> {
  for (;;) {
    await settle();
    const heads = backend.heads();
    if (heads.length > 0) for (const task of heads) backend.endTask(task);
    else if (!clock.advanceToNextTimer()) return;
  }
}

/** What the partitions of the last stage give when nothing is lost or doubled. */
export function expected(stages: readonly StageSketch[]): number[] {
  const outputs = new Map<number, number[]>();
  let values: number[] = [];
  for (const { shuffleId, numPartitions, parents = [] } of stages) {
    values = Array.from({ length: numPartitions }, (_, partition) => {
      let value = partition + 1;
      for (const parent of parents) {
        for (const output of outputs.get(parent) ?? []) value = mix(value, output);
      }
      return value;
    });
    if (shuffleId !== undefined)
      outputs.set(
        shuffleId,
        values.map((v) => mix(v, shuffleId)),
      );
  }
  return values;
}

export function encodedError(message: string): Uint8Array {
  return new TextEncoder().encode(message);
}
