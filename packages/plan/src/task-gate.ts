import type { TaskOutcome } from './task.js';

/** Somebody who has a say in when tasks begin, beside the driver: an agent of Mesos. */
export interface TaskGate {
  /** The executor works for its driver from now on. */
  opened(control: GateControl): void;
  /** Once for each task that was permitted; for one that the driver gave up before that, too. */
  ended(taskId: number, outcome: TaskOutcome['kind']): void;
  /** The executor has ended. Resolves when all that the gate has to tell others is told. */
  closed(): Promise<void>;
}

/** What the gate may do. */
export interface GateControl {
  /** The task may begin, as soon as the driver has sent it. */
  permit(taskId: number): void;
  /** The task shall end, whether it has begun or not. */
  kill(taskId: number): void;
  /** The executor shall end; with a reason if something is wrong. */
  stop(reason?: string): void;
}
