import type {
  ExecutorEventFields,
  ExecutorInfo,
  FrameworkInfo,
  Task,
  TaskInfo,
  TaskState,
  TaskStatus,
  TaskStatusReason,
} from '@firesteel/mesos-protocol';
import type { ExitStatus, SandboxProcess } from '../containerizer/process.js';
import { isTerminal } from '../messages.js';
import type { BuiltinExecutor } from './builtin/builtin-executor.js';

/** The agent's end of an executor's subscription. */
export interface ExecutorConnection {
  send(event: ExecutorEventFields): void;
  /** Ends the subscription; the executor may open another. */
  close(): void;
}

/** What an agent knows of a task. */
export interface AgentTask {
  readonly info: TaskInfo;
  /** The group it was launched with, if it was. */
  readonly group: readonly TaskInfo[] | undefined;
  state: TaskState;
  /** The latest status of each state, for operators. */
  readonly statuses: TaskStatus[];
}

/** Why a container was ended by its agent. */
export interface Termination {
  readonly state: TaskState;
  readonly reason: TaskStatusReason;
  readonly message: string;
}

export const executorTerminated: Termination = {
  state: 'TASK_FAILED',
  reason: 'REASON_EXECUTOR_TERMINATED',
  message: 'Executor terminated',
};

/** One run of an executor on an agent. */
export class ExecutorRecord {
  readonly framework: AgentFramework;
  readonly info: ExecutorInfo;
  readonly containerId: string;
  readonly sandbox: string;
  /** Made up by the agent for a task with a command of its own. */
  readonly isGenerated: boolean;
  state: 'REGISTERING' | 'RUNNING' | 'TERMINATING' | 'TERMINATED' = 'REGISTERING';
  connection: ExecutorConnection | undefined;
  process: SandboxProcess | undefined;
  builtin: BuiltinExecutor | undefined;
  /** Accepted, but not delivered to the executor. */
  readonly queued = new Map<string, AgentTask>();
  /** Delivered, and not at their end. */
  readonly launched = new Map<string, AgentTask>();
  /** At their end, but the scheduler has not acknowledged that. */
  readonly terminated = new Map<string, AgentTask>();
  /** Whether any task was ever delivered. */
  wasUsed = false;
  /** Why the agent ended the container, if it did. */
  termination: Termination | undefined;
  /** How the container ended, if nobody could be told when it did. */
  exitStatus: ExitStatus | undefined;
  cancelTimer: () => void = () => {};

  constructor(
    framework: AgentFramework,
    info: ExecutorInfo,
    containerId: string,
    sandbox: string,
    isGenerated: boolean,
  ) {
    this.framework = framework;
    this.info = info;
    this.containerId = containerId;
    this.sandbox = sandbox;
    this.isGenerated = isGenerated;
  }

  get id(): string {
    return this.info.executor_id.value;
  }

  get isEnding(): boolean {
    return this.state === 'TERMINATING' || this.state === 'TERMINATED';
  }

  get hasWork(): boolean {
    return this.queued.size > 0 || this.launched.size > 0;
  }

  get pid(): number | undefined {
    return this.process?.pid ?? this.builtin?.pid;
  }

  task(taskId: string): AgentTask | undefined {
    return this.queued.get(taskId) ?? this.launched.get(taskId) ?? this.terminated.get(taskId);
  }

  tasks(): readonly AgentTask[] {
    return [...this.queued.values(), ...this.launched.values(), ...this.terminated.values()];
  }

  /** Moves a task on to the state of an update. */
  record(task: AgentTask, status: TaskStatus): void {
    const taskId = task.info.task_id.value;
    task.state = status.state;
    const last = task.statuses.at(-1);
    if (last?.state === status.state) task.statuses.pop();
    task.statuses.push(status);
    if (!isTerminal(status.state)) return;
    this.queued.delete(taskId);
    this.launched.delete(taskId);
    this.terminated.set(taskId, task);
  }

  /** Kills what runs in the container, at once. */
  destroy(): void {
    this.process?.signal('SIGKILL');
    this.builtin?.destroy();
  }
}

/** What an agent knows of a framework. */
export interface AgentFramework {
  readonly id: string;
  info: FrameworkInfo;
  readonly executors: Map<string, ExecutorRecord>;
  /** Tasks whose end the scheduler has acknowledged, newest last. */
  readonly completed: Task[];
  terminating: boolean;
}
