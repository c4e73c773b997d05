import { invalidArgument } from '@firesteel/common';
import type { ActionSpec, PlanNode } from '@firesteel/plan';
import type { Coverage } from '@firesteel/statistics';
import { type ActionTarget, act } from './actions.js';
import { JobPromise, JobRun } from './job-promise.js';

/** How long an approximate action waits, and how sure it has to be. */
export interface Approximation {
  /** After so many milliseconds it answers by what is there. */
  readonly timeoutMs: number;
  /** The probability with which the true value lies within the bounds, from 0 to 1. */
  readonly confidence: number;
}

/** What an approximate action knows when its time is up. The job goes on to the final value. */
export class PartialResult<T> {
  constructor(
    /** The value known at the time limit, or the final one if the job was done by then. */
    readonly initialValue: T,
    readonly isFinal: boolean,
    /** The exact value. Cancel it if it is not wanted: `partial.final.cancel()`. */
    readonly final: JobPromise<T>,
  ) {}
}

/** Runs an action to its end, and answers by an estimate if that takes longer than the limit. */
export function approximate<P, T>(
  target: ActionTarget,
  { timeoutMs, confidence }: Approximation,
  job: { readonly action: ActionSpec; readonly node?: PlanNode },
  estimate: (parts: readonly P[], coverage: Coverage) => T,
): JobPromise<PartialResult<T>> {
  const { engine } = target.context;
  const { action, node = target.node } = job;
  const run = new JobRun(engine);
  const parts: P[] = [];
  // Nothing is known about the partitions while their input is being listed.
  let total = Number.POSITIVE_INFINITY;
  const final = act(
    target,
    async (runJob) => {
      checkApproximation(timeoutMs, confidence, target.callSite.method);
      const onResult = (partial: unknown) => void parts.push(partial as P);
      const results = runJob(action, { node, onResult });
      const [all] = await Promise.all([
        results as Promise<P[]>,
        engine.partitionCount(node).then((count) => {
          total = count;
        }),
      ]);
      return estimate(all, { merged: all.length, total: all.length, confidence });
    },
    run,
  );
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<PartialResult<T>>((resolve) => {
    const answer = () => {
      const coverage = { merged: parts.length, total, confidence };
      resolve(new PartialResult(estimate(parts, coverage), false, final));
    };
    // A limit beyond what timers can count is none.
    if (timeoutMs < 2 ** 31) timer = setTimeout(answer, timeoutMs);
  });
  const finished = final.then((value) => new PartialResult(value, true, final));
  const initial = Promise.race([finished, timedOut]);
  // Who does not look at the final value is not told of its failure either.
  finished.catch(() => {}).finally(() => clearTimeout(timer));
  return new JobPromise(initial, run);
}

function checkApproximation(timeoutMs: number, confidence: number, method: string): void {
  if (typeof timeoutMs !== 'number' || !(timeoutMs >= 0))
    throw invalidArgument(`timeoutMs of ${method}`, 'a number of at least 0', timeoutMs);
  if (typeof confidence !== 'number' || !(confidence >= 0 && confidence <= 1))
    throw invalidArgument(`confidence of ${method}`, 'a number from 0 to 1', confidence);
}
