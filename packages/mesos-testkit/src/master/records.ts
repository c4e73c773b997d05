import type {
  AgentInfo,
  ExecutorInfo,
  FrameworkInfo,
  MasterInverseOfferStatus,
  SchedulerOfferConstraints,
  Task,
  TaskState,
  TaskStatus,
  Unavailability,
} from '@firesteel/mesos-protocol';
import type { EventStream } from '../http/event-stream.js';
import type { Link } from '../link.js';
import { isTerminal } from '../messages.js';
import type { Resources } from '../resources/arithmetic.js';
import { capabilitiesOf, rolesOf } from '../validation/framework.js';

/** What a master knows of a task. */
export class MasterTask {
  readonly frameworkId: string;
  /** As operators see it, but for the state and statuses. */
  readonly description: Omit<Task, 'state' | 'statuses'>;
  readonly resources: Resources;
  /** The newest state that the agent knows. */
  state: TaskState;
  /** The latest status of each state, as forwarded to the framework. */
  readonly statuses: TaskStatus[];

  constructor(task: Task) {
    const { state, statuses, ...description } = task;
    this.frameworkId = task.framework_id.value;
    this.description = description;
    this.resources = task.resources ?? [];
    this.state = state;
    this.statuses = [...(statuses ?? [])];
  }

  get id(): string {
    return this.description.task_id.value;
  }

  get agentId(): string {
    return this.description.agent_id.value;
  }

  get executorId(): string | undefined {
    return this.description.executor_id?.value;
  }

  /** What the framework was told last. */
  get forwarded(): TaskStatus | undefined {
    return this.statuses.at(-1);
  }

  get isEnded(): boolean {
    return isTerminal(this.state);
  }

  toMessage(): Task {
    const { forwarded } = this;
    return {
      ...this.description,
      state: this.state,
      ...(this.statuses.length > 0 && {
        statuses: this.statuses.map(({ data: _, ...status }) => status),
      }),
      ...(forwarded?.uuid && {
        status_update_state: forwarded.state,
        status_update_uuid: forwarded.uuid,
      }),
    };
  }
}

/** What a master knows of a framework. */
export class MasterFramework {
  readonly id: string;
  info: FrameworkInfo;
  suppressedRoles: ReadonlySet<string> = new Set();
  constraints: SchedulerOfferConstraints | undefined;
  stream: EventStream<'scheduler.Event'> | undefined;
  streamId: string | undefined;
  /** Known from agents only, since this master leads. */
  recovered = false;
  registeredMs: number;
  reregisteredMs: number;
  readonly tasks = new Map<string, MasterTask>();
  readonly unreachableTasks = new Map<string, MasterTask>();
  readonly completedTasks: MasterTask[] = [];
  /** By agent, then by id; executors of command tasks are the agents' own business. */
  readonly executors = new Map<string, Map<string, ExecutorInfo>>();
  /** By agent: until when no inverse offer is wanted. */
  readonly inverseOfferFilters = new Map<string, number>();
  cancelFailover: () => void = () => {};
  cancelHeartbeat: () => void = () => {};

  constructor(id: string, info: FrameworkInfo, nowMs: number) {
    this.id = id;
    this.info = info;
    this.registeredMs = nowMs;
    this.reregisteredMs = nowMs;
  }

  get connected(): boolean {
    return this.stream !== undefined;
  }

  get roles(): readonly string[] {
    return rolesOf(this.info);
  }

  has(capability: string): boolean {
    return capabilitiesOf(this.info).has(capability);
  }

  /** The state for frameworks that know partitions; all others see TASK_LOST. */
  lostOr(state: TaskState): TaskState {
    return this.has('PARTITION_AWARE') ? state : 'TASK_LOST';
  }

  executorsOn(agentId: string): Map<string, ExecutorInfo> {
    const known = this.executors.get(agentId) ?? new Map<string, ExecutorInfo>();
    this.executors.set(agentId, known);
    return known;
  }
}

/** What a master knows of an agent that is registered. */
export interface MasterAgent {
  readonly id: string;
  info: AgentInfo;
  total: Resources;
  /** `ip:port`. */
  address: string;
  /** Undefined while the agent is disconnected. */
  link: Link | undefined;
  missedPings: number;
  readonly registeredMs: number;
  reregisteredMs: number | undefined;
  /** What frameworks have last answered to inverse offers. */
  readonly inverseOfferStatuses: Map<string, MasterInverseOfferStatus>;
  /** Kills that came while the agent was away. */
  readonly pendingKills: { readonly frameworkId: string; readonly taskId: string }[];
}

export interface MasterOffer {
  readonly id: string;
  readonly frameworkId: string;
  readonly agentId: string;
  readonly role: string;
  /** With `allocation_info`. */
  readonly resources: Resources;
  readonly cancelTimeout: () => void;
}

/** Asks a framework to leave an agent. */
export interface MasterInverseOffer {
  readonly id: string;
  readonly frameworkId: string;
  readonly agentId: string;
  readonly unavailability: Unavailability;
  readonly cancelTimeout: () => void;
}
