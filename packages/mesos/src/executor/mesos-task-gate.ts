import { FiresteelError } from '@firesteel/common';
import type { ExecutorEventSubscribed, Resource, TaskInfo } from '@firesteel/mesos-protocol';
import type { GateControl, TaskGate, TaskOutcome } from '@firesteel/plan';
import { type Clock, systemClock } from '../clock.js';
import { ExecutorClient, type ExecutorClientOptions } from './executor-client.js';

export interface MesosTaskGateOptions extends Omit<ExecutorClientOptions, 'listener'> {
  /** Of each task. */
  readonly cpusPerTask: number;
  /** Tasks at the same time at most. */
  readonly maxTasks: number;
}

const states = {
  success: 'TASK_FINISHED',
  exception: 'TASK_FAILED',
  fetchFailed: 'TASK_FAILED',
  killed: 'TASK_KILLED',
  lost: 'TASK_FAILED',
} as const satisfies Record<TaskOutcome['kind'], string>;

/**
 * The end of a task is not passed on before the scheduler has confirmed its beginning, so that the
 * cpus of a short task would be held for two round trips more.
 */
const tellRunningAfterMs = 100;
/** The end must not wait longer for an agent that does not answer. */
const maxFlushMs = 2_000;

/**
 * An executor in the eyes of its agent. Each task of the engine is a task of Mesos, by the same
 * number: it begins when the agent launches that, and its end ends that. Other tasks are there to
 * have the executor started, and are done when it works.
 */
export class MesosTaskGate implements TaskGate {
  readonly #client: ExecutorClient;
  readonly #shutdownGraceMs: number;
  readonly #clock: Clock;
  /** Launched by the agent, and not ended; each with what stops it from being told as running. */
  readonly #tasks = new Map<string, () => void>();
  #control: GateControl | undefined;
  /** Why the executor must not even begin. */
  #stopped: { readonly reason: string | undefined } | undefined;
  #maxTasks = 0;
  #joined: { resolve(): void; reject(error: Error): void } | undefined;

  private constructor(options: MesosTaskGateOptions) {
    this.#shutdownGraceMs = options.environment.shutdownGraceMs;
    this.#clock = options.clock ?? systemClock;
    this.#client = new ExecutorClient({
      ...options,
      listener: {
        onSubscribed: (subscribed) => {
          this.#maxTasks = Math.min(options.maxTasks, fittingTasks(subscribed, options));
          this.#joined?.resolve();
        },
        onLaunch: (task) => this.#launched(task),
        onKill: (taskId) => this.#kill(taskId),
        onShutdown: () => this.#stop(undefined),
        onLost: (why) => this.#stop(`its agent: ${why}`),
      },
    });
  }

  /**
   * Subscribes with the agent.
   * @throws MESOS_DISCONNECTED if the agent does not take the executor
   */
  static async join(options: MesosTaskGateOptions): Promise<MesosTaskGate> {
    const gate = new MesosTaskGate(options);
    const joined = new Promise<void>((resolve, reject) => {
      gate.#joined = { resolve, reject };
    });
    gate.#client.start();
    await joined;
    return gate;
  }

  /** How many tasks the agent has cpus for, beside the executor's own, at most as many as it may. */
  get maxTasks(): number {
    return this.#maxTasks;
  }

  opened(control: GateControl): void {
    this.#control = control;
    if (this.#stopped !== undefined) control.stop(this.#stopped.reason);
    for (const taskId of [...this.#tasks.keys()]) this.#begin(control, taskId);
  }

  ended(taskId: number, outcome: TaskOutcome['kind']): void {
    this.#end(String(taskId), states[outcome]);
  }

  async closed(): Promise<void> {
    for (const taskId of [...this.#tasks.keys()]) this.#end(taskId, 'TASK_KILLED');
    await this.#client.flush(Math.min(this.#shutdownGraceMs / 2, maxFlushMs));
    this.#client.close();
  }

  #launched({ task_id }: TaskInfo): void {
    const taskId = task_id.value;
    const cancel = this.#clock.setTimer(tellRunningAfterMs, () =>
      this.#client.update(taskId, 'TASK_RUNNING'),
    );
    this.#tasks.set(taskId, cancel);
    if (this.#control !== undefined) this.#begin(this.#control, taskId);
  }

  #begin(control: GateControl, taskId: string): void {
    const number = numberOf(taskId);
    if (number === undefined) this.#end(taskId, 'TASK_FINISHED');
    else control.permit(number);
  }

  #kill(taskId: string): void {
    const number = numberOf(taskId);
    if (number !== undefined && this.#control !== undefined) this.#control.kill(number);
    else this.#end(taskId, 'TASK_KILLED');
  }

  #end(taskId: string, state: (typeof states)[keyof typeof states]): void {
    const cancel = this.#tasks.get(taskId);
    if (cancel === undefined) return;
    cancel();
    this.#tasks.delete(taskId);
    this.#client.update(taskId, state);
  }

  #stop(reason: string | undefined): void {
    this.#stopped = { reason };
    this.#joined?.reject(
      new FiresteelError(
        'MESOS_DISCONNECTED',
        reason === undefined
          ? 'The agent wants no executor any more.'
          : `This executor cannot register with ${reason}. Executors must reach the agent that starts them, from a container network (mesos.network.name) as well.`,
      ),
    );
    this.#control?.stop(reason);
  }
}

/** Tasks of the engine are numbered. */
function numberOf(taskId: string): number | undefined {
  return /^\d+$/.test(taskId) ? Number(taskId) : undefined;
}

function fittingTasks(
  { agent_info, executor_info }: ExecutorEventSubscribed,
  { cpusPerTask }: { readonly cpusPerTask: number },
): number {
  const own = executor_info.resources;
  // Agents do not tell how many of those there are, so the driver has said how many will do.
  if (own?.some(({ name, revocable }) => name === 'cpus' && revocable !== undefined))
    return Number.POSITIVE_INFINITY;
  const cpus = cpusOf(agent_info.resources) - cpusOf(own);
  // Mesos counts in thousandths.
  return Math.max(1, Math.floor(Math.round(cpus * 1_000) / Math.round(cpusPerTask * 1_000)));
}

function cpusOf(resources: readonly Resource[] = []): number {
  return resources
    .filter(({ name }) => name === 'cpus')
    .reduce((sum, { scalar }) => sum + (scalar?.value ?? 0), 0);
}
