import type {
  AgentInfo,
  ExecutorInfo,
  FrameworkInfo,
  KillPolicy,
  OperationStatus,
  Task,
  TaskInfo,
  TaskState,
  TaskStatus,
} from '@firesteel/mesos-protocol';
import type { Resources } from './resources/arithmetic.js';

/**
 * The conversation of a master and an agent. Real ones hold it over a protocol of their own; here
 * both live in one process and pass messages, which still arrive later and can be lost.
 */
export type ToAgent =
  | {
      readonly kind: 'registered';
      readonly agentId: string;
      /** The tasks that the master takes to be there. */
      readonly expected: readonly { readonly framework: FrameworkInfo; readonly taskId: string }[];
    }
  | {
      readonly kind: 'run';
      readonly framework: FrameworkInfo;
      /** Undefined for command tasks, whose executor the agent makes up. */
      readonly executor: ExecutorInfo | undefined;
      readonly tasks: readonly TaskInfo[];
      /** All or nothing, delivered in one event. */
      readonly isGroup: boolean;
      /** Whether the master takes the executor for not running yet. */
      readonly launchExecutor: boolean;
    }
  | {
      readonly kind: 'kill';
      readonly frameworkId: string;
      readonly taskId: string;
      readonly killPolicy: KillPolicy | undefined;
    }
  | { readonly kind: 'shutdownExecutor'; readonly frameworkId: string; readonly executorId: string }
  | { readonly kind: 'shutdownFramework'; readonly frameworkId: string }
  | {
      readonly kind: 'acknowledge';
      readonly frameworkId: string;
      readonly taskId: string;
      readonly uuid: Uint8Array;
    }
  | {
      readonly kind: 'message';
      readonly frameworkId: string;
      readonly executorId: string;
      readonly data: Uint8Array;
    }
  /** A framework subscribed again or changed; outstanding updates are sent once more. */
  | { readonly kind: 'frameworkUpdated'; readonly framework: FrameworkInfo }
  | {
      readonly kind: 'operation';
      readonly frameworkId: string;
      readonly operationId: string;
      /** The agent's resources once the operation is applied. */
      readonly total: Resources;
    }
  | { readonly kind: 'total'; readonly total: Resources }
  | {
      readonly kind: 'acknowledgeOperation';
      readonly operationId: string;
      readonly uuid: Uint8Array;
    }
  | { readonly kind: 'shutdown'; readonly reason: string };

export type ToMaster =
  | { readonly kind: 'register'; readonly registration: Registration }
  | { readonly kind: 'unregister' }
  | {
      readonly kind: 'update';
      readonly frameworkId: string;
      readonly status: TaskStatus;
      /** The newest state that the agent knows, which may be ahead of the update. */
      readonly latestState: TaskState;
    }
  | {
      readonly kind: 'message';
      readonly frameworkId: string;
      readonly executorId: string;
      readonly data: Uint8Array;
    }
  | {
      readonly kind: 'exitedExecutor';
      readonly frameworkId: string;
      readonly executorId: string;
      /** As wait(2) gives it, -1 if unknown. */
      readonly status: number;
    }
  | {
      readonly kind: 'operationStatus';
      readonly frameworkId: string;
      readonly status: OperationStatus;
    };

/** What an agent tells of itself when it comes or comes back. */
export interface Registration {
  readonly info: AgentInfo;
  readonly total: Resources;
  /** `ip:port` of its HTTP server. */
  readonly address: string;
  readonly frameworks: readonly FrameworkInfo[];
  readonly executors: readonly ExecutorInfo[];
  /** All tasks that are not acknowledged to the end. */
  readonly tasks: readonly Task[];
}

export interface AgentEnd {
  receive(message: ToAgent, link: Link): void;
  /** The connection ended without the agent's doing. */
  disconnected(link: Link): void;
}

export interface MasterEnd {
  receive(message: ToMaster, link: Link): void;
  disconnected(link: Link): void;
}

/** One connection of an agent to a master. Messages arrive in order, each in a turn of its own. */
export class Link {
  readonly #agent: AgentEnd;
  readonly #master: MasterEnd;
  #state: 'open' | 'silent' | 'closed' = 'open';

  constructor(agent: AgentEnd, master: MasterEnd) {
    this.#agent = agent;
    this.#master = master;
  }

  /** Whether pings get through. */
  get alive(): boolean {
    return this.#state === 'open';
  }

  toAgent(message: ToAgent): void {
    setImmediate(() => {
      if (this.alive) this.#agent.receive(message, this);
    });
  }

  toMaster(message: ToMaster): void {
    setImmediate(() => {
      if (this.alive) this.#master.receive(message, this);
    });
  }

  /** A network partition: nothing arrives any more, and nobody is told. */
  silence(): void {
    if (this.#state === 'open') this.#state = 'silent';
  }

  heal(): void {
    if (this.#state === 'silent') this.#state = 'open';
  }

  /** The agent's end is gone; the master notices at once, as with a reset connection. */
  closeByAgent(): void {
    const noticed = this.#state === 'open';
    this.#state = 'closed';
    if (noticed) setImmediate(() => this.#master.disconnected(this));
  }

  closeByMaster(): void {
    const noticed = this.#state === 'open';
    this.#state = 'closed';
    if (noticed) setImmediate(() => this.#agent.disconnected(this));
  }
}
