import { FiresteelError } from '@firesteel/common';
import type { ExecutorEventSubscribed, Resource, TaskInfo } from '@firesteel/mesos-protocol';
import type { GateControl, TaskGate, TaskOutcome } from '@firesteel/plan';
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
  /** Launched by the agent, and not ended. */
  readonly #tasks = new Set<string>();
  #control: GateControl | undefined;
  /** Why the executor must not even begin. */
  #stopped: { readonly reason: string | undefined } | undefined;
  #maxTasks = 0;
  #joined: { resolve(): void; reject(error: Error): void } | undefined;

  private constructor(options: MesosTaskGateOptions) {
    this.#shutdownGraceMs = options.environment.shutdownGraceMs;
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

  /** How many tasks the agent has cpus for, beside the executor's own. */
  get maxTasks(): number {
    return this.#maxTasks;
  }

  opened(control: GateControl): void {
    this.#control = control;
    if (this.#stopped !== undefined) control.stop(this.#stopped.reason);
    for (const taskId of [...this.#tasks]) this.#begin(control, taskId);
  }

  ended(taskId: number, outcome: TaskOutcome['kind']): void {
    this.#end(String(taskId), states[outcome]);
  }

  async closed(): Promise<void> {
    for (const taskId of this.#tasks) this.#end(taskId, 'TASK_KILLED');
    await this.#client.flush(Math.min(this.#shutdownGraceMs / 2, maxFlushMs));
    this.#client.close();
  }

  #launched({ task_id }: TaskInfo): void {
    const taskId = task_id.value;
    this.#tasks.add(taskId);
    this.#client.update(taskId, 'TASK_RUNNING');
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
    if (this.#tasks.delete(taskId)) this.#client.update(taskId, state);
  }

  #stop(reason: string | undefined): void {
    this.#stopped = { reason };
    this.#joined?.reject(
      new FiresteelError('MESOS_DISCONNECTED', reason ?? 'The agent wants no executor any more.'),
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
  const cpus = cpusOf(agent_info.resources) - cpusOf(executor_info.resources);
  // Mesos counts in thousandths.
  return Math.max(1, Math.floor(Math.round(cpus * 1_000) / Math.round(cpusPerTask * 1_000)));
}

function cpusOf(resources: readonly Resource[] = []): number {
  return resources
    .filter(({ name }) => name === 'cpus')
    .reduce((sum, { scalar }) => sum + (scalar?.value ?? 0), 0);
}
