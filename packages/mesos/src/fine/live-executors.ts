import type { SchedulerEventFailure, TaskInfo, TaskStatus } from '@firesteel/mesos-protocol';
import { processEnd, type TaskEnd, taskEndOf } from '../framework/task-end.js';
import { sumOf } from '../sum-of.js';
import type { FineExecutor } from './fine-executor.js';

/** What follows from what Mesos tells of executors and their tasks. */
export interface ExecutorEndsListener {
  /** @param isItsFault whether it or its agent may be to blame, and nobody asked it to end */
  ended(executor: FineExecutor, reason: string, isItsFault: boolean): void;
  /** One that ended before may be to blame, or its agent: so says the agent. */
  failed(executor: FineExecutor, reason: string): void;
  /** A task of the engine is over for Mesos. */
  taskOver(taskId: number): void;
  /** A Mesos task runs that nobody knows of. */
  stray(taskId: string, agentId: string): void;
}

interface LiveTask {
  readonly executor: FineExecutor;
  readonly cpus: number;
  /** Whether its executor knows of it. */
  hasArrived: boolean;
}

/** The executors that are not known to be over, and all Mesos tasks that are not. */
export class LiveExecutors {
  readonly #listener: ExecutorEndsListener;
  readonly #executors = new Map<string, FineExecutor>();
  /** By the id of the Mesos task; they may outlive their executor for a moment. */
  readonly #tasks = new Map<string, LiveTask>();

  constructor(listener: ExecutorEndsListener) {
    this.#listener = listener;
  }

  get count(): number {
    return this.#executors.size;
  }

  get(executorId: string): FineExecutor | undefined {
    return this.#executors.get(executorId);
  }

  all(): readonly FineExecutor[] {
    return [...this.#executors.values()];
  }

  on(agentId: string): readonly FineExecutor[] {
    return this.all().filter((executor) => executor.agentId === agentId);
  }

  get hasTasks(): boolean {
    return this.#tasks.size > 0;
  }

  get taskCpus(): number {
    return sumOf(this.#tasks.values(), ({ cpus }) => cpus);
  }

  agentsByTask(): Iterable<readonly [taskId: string, agentId: string]> {
    return [...this.#tasks].map(([id, { executor }]) => [id, executor.agentId]);
  }

  /** The agent of a task that its executor does not know of yet. */
  agentBeforeArrival(taskId: string): string | undefined {
    const task = this.#tasks.get(taskId);
    return task?.hasArrived === false ? task.executor.agentId : undefined;
  }

  /** One that is launched, with the task that has it started. */
  add(executor: FineExecutor): void {
    this.#executors.set(executor.id, executor);
    this.addTask(executor.startingTask, executor, executor.startingTaskCpus);
  }

  addTask({ task_id }: TaskInfo, executor: FineExecutor, cpus: number): void {
    this.#tasks.set(task_id.value, { executor, cpus, hasArrived: false });
  }

  /** It is asked to end: that it does is no failure. */
  remove(executorId: string): FineExecutor | undefined {
    const executor = this.#executors.get(executorId);
    this.#executors.delete(executorId);
    return executor;
  }

  /** The executor of a task that has ended. */
  updated(status: TaskStatus): FineExecutor | undefined {
    const id = status.task_id.value;
    const task = this.#tasks.get(id);
    const end = taskEndOf(status);
    if (end === undefined) {
      // One that was given up is alive.
      if (task === undefined && status.agent_id !== undefined)
        this.#listener.stray(id, status.agent_id.value);
      if (task !== undefined) task.hasArrived = status.state !== 'TASK_STAGING';
      return undefined;
    }
    if (task === undefined) return undefined;
    this.#tasks.delete(id);
    const { executor } = task;
    const isOwn = id === executor.startingTask.task_id.value;
    // An executor that does not come to work, or that gets tasks which Mesos does not take.
    const isBroken = isOwn ? !executor.isReady : status.state === 'TASK_ERROR';
    const reason = reasonOf(executor, end);
    if (isBroken) this.#ended(executor, reason, end.isFailure);
    else if (!isOwn) this.#listener.taskOver(Number(id));
    // Of one that had ended its agent tells why with the ends of its tasks, all alike.
    if (executor.processEnd !== undefined && status.source === 'SOURCE_AGENT') {
      executor.processEnd = undefined;
      if (executor.isOver && end.isFailure && !isBroken) this.#listener.failed(executor, reason);
    }
    return executor;
  }

  failed({ agent_id, executor_id, status }: SchedulerEventFailure): void {
    if (agent_id === undefined) return;
    if (executor_id === undefined) {
      for (const executor of this.on(agent_id.value))
        this.#ended(executor, `its agent ${executor.hostname} is lost`, false);
      return;
    }
    const executor = this.#executors.get(executor_id.value);
    if (executor === undefined) return;
    const end = processEnd(status, executor.hostname);
    const hasTasks = [...this.#tasks.values()].some((task) => task.executor === executor);
    if (hasTasks) executor.processEnd = end;
    // Why one did not come to work, the end of the task that started it tells, which comes next.
    if (!this.#tasks.has(executor.startingTask.task_id.value))
      this.#ended(executor, end, !hasTasks && !executor.hasWorked);
  }

  /** Mesos tells of it twice: it has failed, and the task that started it. */
  #ended(executor: FineExecutor, reason: string, isItsFault: boolean): void {
    if (executor.isOver) return;
    executor.isOver = true;
    const isUnasked = this.#executors.delete(executor.id);
    this.#listener.ended(executor, reason, isItsFault && isUnasked);
  }
}

/** Why an executor ended, or its task. */
function reasonOf({ hostname, processEnd }: FineExecutor, { reason }: TaskEnd): string {
  const taskEnd = `${reason} on ${hostname}`;
  return processEnd === undefined ? taskEnd : `${taskEnd}; ${processEnd}`;
}
