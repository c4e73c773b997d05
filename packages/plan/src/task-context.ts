import { FiresteelError } from '@firesteel/common';
import { type ClosureCarriage, closureTag } from './closure-tag.js';
import { type JobProperties, localPropertyName } from './job-properties.js';

/** What a task is, in the words of its `TaskContext`. */
export interface TaskFacts {
  readonly stageId: number;
  readonly stageAttemptNumber: number;
  readonly partitionId: number;
  readonly numPartitions: number;
  readonly attemptNumber: number;
  readonly taskAttemptId: number;
  readonly properties?: JobProperties;
}

/** Where a task of a barrier stage runs. */
export interface BarrierTaskInfo {
  /** The host of the executor. */
  readonly address: string;
}

/** What a barrier task does with the others of its stage. */
export interface BarrierGroup {
  /** Of all tasks, by partition. */
  readonly taskInfos: readonly BarrierTaskInfo[];
  /** Waits for the same call of all tasks; gives their messages by partition. */
  sync(operation: BarrierOperation, message: string): Promise<readonly string[]>;
}

export type BarrierOperation = 'barrier' | 'allGather';

type CompletionListener = (context: TaskContext) => unknown;
type FailureListener = (context: TaskContext, error: unknown) => unknown;

/** A class of the engine with state of the thread: by its name, so that it is not copied. */
export function taskClass(name: string): ClosureCarriage {
  return { kind: 'carry', type: 'taskClass', data: name };
}

/** A thread runs one task at a time. */
let current: TaskContext | undefined;

/**
 * The task that is running, for functions that need to know: which partition, which attempt.
 *
 * @example
 * rows.map((row) => [TaskContext.getPartitionId(), row])
 */
export class TaskContext implements TaskFacts {
  /** Functions find the class of the thread that they run in. */
  static readonly [closureTag]: ClosureCarriage = taskClass('TaskContext');
  readonly stageId: number;
  /** How often the stage has been tried before. */
  readonly stageAttemptNumber: number;
  /** The partition that the task computes, from 0. */
  readonly partitionId: number;
  /** Partitions of the stage. */
  readonly numPartitions: number;
  /** How often the partition has been tried before. */
  readonly attemptNumber: number;
  /** Unique in the application. */
  readonly taskAttemptId: number;
  readonly #properties: JobProperties;
  readonly #completionListeners: CompletionListener[] = [];
  readonly #failureListeners: FailureListener[] = [];

  /** Contexts are made by executors. */
  constructor(facts: TaskFacts) {
    this.stageId = facts.stageId;
    this.stageAttemptNumber = facts.stageAttemptNumber;
    this.partitionId = facts.partitionId;
    this.numPartitions = facts.numPartitions;
    this.attemptNumber = facts.attemptNumber;
    this.taskAttemptId = facts.taskAttemptId;
    this.#properties = facts.properties ?? {};
  }

  /** The context of the running task; undefined on the driver. */
  static get(): TaskContext | undefined {
    return current;
  }

  /** The partition of the running task; 0 on the driver. */
  static getPartitionId(): number {
    return current?.partitionId ?? 0;
  }

  /**
   * A local property of the job, as it was when its action was called; undefined where it was not
   * set. If several jobs need the stage, those of the first.
   *
   * @param key with or without `spark.`
   * @throws FiresteelError INVALID_ARGUMENT for a key that is no text
   */
  getLocalProperty(key: string): string | undefined {
    return this.#properties[localPropertyName(key)];
  }

  /**
   * Calls `listener` when the task has ended, well or not, and awaits it: to close what a function
   * opened. The last one added is called first. Returns this context.
   */
  addTaskCompletionListener(listener: CompletionListener): this {
    this.#completionListeners.push(listener);
    return this;
  }

  /** Calls `listener` with the error when the task has failed, before completion listeners. */
  addTaskFailureListener(listener: FailureListener): this {
    this.#failureListeners.push(listener);
    return this;
  }

  /** Runs a task with `context` as the current one, and its listeners afterwards. */
  static async run<T>(context: TaskContext, task: () => T | Promise<T>): Promise<T> {
    current = context;
    try {
      const result = await task();
      await context.#end();
      return result;
    } catch (error) {
      for (const listener of context.#failureListeners.splice(0).reverse())
        await listener(context, error);
      await context.#end();
      throw error;
    } finally {
      current = undefined;
    }
  }

  async #end(): Promise<void> {
    for (const listener of this.#completionListeners.splice(0).reverse()) await listener(this);
  }
}

/**
 * The context of a task in a barrier stage (`rdd.barrier()`): all tasks of the stage run at the
 * same time and can wait for one another.
 *
 * @example
 * rows.barrier().mapPartitions(async (rows) => {
 *   const context = BarrierTaskContext.get();
 *   const hosts = await context.allGather(hostname());
 *   …
 * })
 */
export class BarrierTaskContext extends TaskContext {
  static override readonly [closureTag]: ClosureCarriage = taskClass('BarrierTaskContext');
  readonly #group: BarrierGroup;

  constructor(facts: TaskFacts, group: BarrierGroup) {
    super(facts);
    this.#group = group;
  }

  /** @throws FiresteelError BARRIER_UNSUPPORTED outside of the tasks of a barrier stage */
  static override get(): BarrierTaskContext {
    if (current instanceof BarrierTaskContext) return current;
    throw new FiresteelError(
      'BARRIER_UNSUPPORTED',
      'BarrierTaskContext.get() works in the tasks of a barrier stage only: in functions given to rdd.barrier().mapPartitions(…).',
    );
  }

  /**
   * Waits until all tasks of the stage have called it as often. Every task must make the same
   * calls in the same order: if one ends without, the job fails with BARRIER_BROKEN.
   */
  async barrier(): Promise<void> {
    await this.#group.sync('barrier', '');
  }

  /** Waits like `barrier`; gives the messages of all tasks in the order of their partitions. */
  async allGather(message: string): Promise<string[]> {
    return [...(await this.#group.sync('allGather', String(message)))];
  }

  /** Where the tasks of the stage run, in the order of their partitions. */
  getTaskInfos(): readonly BarrierTaskInfo[] {
    return this.#group.taskInfos;
  }
}
