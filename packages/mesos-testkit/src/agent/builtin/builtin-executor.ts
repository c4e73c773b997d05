import type {
  ExecutorCallFields,
  ExecutorEventFields,
  FrameworkInfo,
  KillPolicy,
  TaskInfo,
  TaskState,
  TaskStatus,
} from '@firesteel/mesos-protocol';
import type { Timers } from '../../clock.js';
import type { ExitStatus } from '../../containerizer/process.js';
import type { Reaper } from '../../containerizer/reaper.js';
import { hex, uuidBytes } from '../../messages.js';
import { capabilitiesOf } from '../../validation/framework.js';
import type { ExecutorConnection } from '../executor-record.js';

/** Why an executor repeats that a task runs. */
export const healthChanged = 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED';

/** Where an executor sends its calls. */
export interface ExecutorPort {
  executorCall(call: ExecutorCallFields, connection: ExecutorConnection): void;
}

export interface BuiltinSurroundings {
  readonly framework: FrameworkInfo;
  readonly executorId: string;
  readonly containerId: string;
  readonly sandbox: string;
  /** The environment of the executor; tasks get it with their own variables on top. */
  readonly environment: Readonly<Record<string, string>>;
  readonly reaper: Reaper;
  /** They outlive the agent, as a process of its own would. */
  readonly timers: Timers;
  readonly killGracePeriodMs: number;
}

/**
 * An executor that comes with Mesos. The real ones are programs that an agent starts; these run in
 * the test kit's process and start the tasks' own processes. They speak the same calls and events.
 */
export abstract class BuiltinExecutor implements ExecutorConnection {
  protected readonly surroundings: BuiltinSurroundings;
  readonly exited: Promise<ExitStatus>;
  #agent: ExecutorPort | undefined;
  #exit!: (status: ExitStatus) => void;
  #ended = false;
  readonly #unacknowledgedTasks = new Map<string, TaskInfo>();
  readonly #unacknowledgedUpdates = new Map<string, TaskStatus>();

  constructor(surroundings: BuiltinSurroundings) {
    this.surroundings = surroundings;
    this.exited = new Promise((resolve) => {
      this.#exit = resolve;
    });
  }

  /** Of a process that belongs to it, for operators. */
  abstract readonly pid: number | undefined;
  protected abstract launch(tasks: readonly TaskInfo[]): void;
  protected abstract kill(taskId: string, policy: KillPolicy | undefined): void;
  /** Ends all tasks, then the executor. */
  protected abstract shutdown(): void;
  /** Called when no update waits for its acknowledgement. */
  protected abstract allAcknowledged(): void;
  /** Kills the processes of all tasks at once. */
  protected abstract killProcesses(): void;

  /** Subscribes with an agent, the first time or after it came back. */
  connect(agent: ExecutorPort): void {
    this.#agent = agent;
    this.#call({
      type: 'SUBSCRIBE',
      subscribe: {
        unacknowledged_tasks: [...this.#unacknowledgedTasks.values()],
        unacknowledged_updates: [...this.#unacknowledgedUpdates.values()].map((status) => ({
          status,
        })),
      },
    });
  }

  /** The agent is gone; without checkpoints nothing may survive it. */
  agentLost(): void {
    this.#agent = undefined;
    if (this.surroundings.framework.checkpoint !== true) this.destroy();
  }

  send(event: ExecutorEventFields): void {
    setImmediate(() => {
      if (!this.#ended) this.#receive(event);
    });
  }

  close(): void {}

  destroy(): void {
    this.killProcesses();
    this.exit({ signal: 'SIGKILL' });
  }

  /** The executor dies alone; processes of tasks go on as orphans, as with the posix launcher. */
  crash(signal: NodeJS.Signals): void {
    this.exit({ signal });
  }

  protected get hasEnded(): boolean {
    return this.#ended;
  }

  protected exit(status: ExitStatus): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#exit(status);
  }

  protected update(
    taskId: string,
    state: TaskState,
    extra: Pick<TaskStatus, 'message' | 'reason' | 'healthy' | 'container_status'> = {},
  ): void {
    if (this.#ended) return;
    const status: TaskStatus = {
      task_id: { value: taskId },
      state,
      source: 'SOURCE_EXECUTOR',
      executor_id: { value: this.surroundings.executorId },
      timestamp: this.surroundings.timers.now() / 1000,
      uuid: uuidBytes(),
      ...extra,
    };
    this.#unacknowledgedUpdates.set(hex(status.uuid!), status);
    this.#call({ type: 'UPDATE', update: { status } });
  }

  protected get announcesKilling(): boolean {
    return capabilitiesOf(this.surroundings.framework).has('TASK_KILLING_STATE');
  }

  #call(call: Pick<ExecutorCallFields, 'type' | 'subscribe' | 'update'>): void {
    const { framework, executorId } = this.surroundings;
    setImmediate(() => {
      if (this.#ended) return;
      const ids = { executor_id: { value: executorId }, framework_id: framework.id! };
      this.#agent?.executorCall({ ...ids, ...call }, this);
    });
  }

  #receive(event: ExecutorEventFields): void {
    switch (event.type) {
      case 'LAUNCH':
        this.#take([event.launch!.task]);
        break;
      case 'LAUNCH_GROUP':
        this.#take(event.launch_group!.task_group.tasks ?? []);
        break;
      case 'KILL':
        this.kill(event.kill!.task_id.value, event.kill!.kill_policy);
        break;
      case 'SHUTDOWN':
        this.shutdown();
        break;
      case 'ACKNOWLEDGED':
        this.#unacknowledgedTasks.delete(event.acknowledged!.task_id.value);
        this.#unacknowledgedUpdates.delete(hex(event.acknowledged!.uuid));
        if (this.#unacknowledgedUpdates.size === 0) this.allAcknowledged();
        break;
      default:
    }
  }

  #take(tasks: readonly TaskInfo[]): void {
    for (const task of tasks) this.#unacknowledgedTasks.set(task.task_id.value, task);
    this.launch(tasks);
  }
}
