import type {
  MasterInfo,
  SchedulerEventFields,
  TaskStatus,
  TaskStatusReason,
} from '@firesteel/mesos-protocol';
import { Allocator } from '../allocator/allocator.js';
import { type Clock, Timers } from '../clock.js';
import type { Link, MasterEnd, ToMaster } from '../link.js';
import { isTerminal } from '../messages.js';
import type { Resources } from '../resources/arithmetic.js';
import type { Timings } from '../timings.js';
import type { Acls } from '../validation/acls.js';
import { capabilitiesOf } from '../validation/framework.js';
import {
  agentDisconnected,
  exitedExecutor,
  pingAgents,
  registerAgent,
  removeAgent,
} from './agents.js';
import { discardInverseOffers, makeInverseOffers } from './inverse-offers.js';
import { offerMessage } from './offer-message.js';
import { OperatorEvents } from './operator-events.js';
import type {
  MasterAgent,
  MasterFramework,
  MasterInverseOffer,
  MasterOffer,
  MasterTask,
} from './records.js';
import type { Registry } from './registry.js';

/** What distorts the traffic between a master and its frameworks; see the faults of a cluster. */
export interface MasterFaults {
  /** Called instead of sending an update; it may send it later, twice or never. */
  onUpdate: ((status: TaskStatus, send: () => void) => void) | undefined;
  reconciliationIsSilent: boolean;
  heartbeatsAreSilent: boolean;
  acknowledgementsAreWithheld: boolean;
}

export interface MasterOptions {
  readonly clock: Clock;
  readonly timings: Timings;
  readonly registry: Registry;
  readonly faults: MasterFaults;
  readonly info: MasterInfo;
  /** Roles that frameworks may use; undefined for any. */
  readonly allowedRoles: ReadonlySet<string> | undefined;
  readonly allowRoot: boolean;
  readonly acls: Acls;
  /** To be called after every change of state, for those who wait for one. */
  readonly changed: () => void;
}

const maxCompletedFrameworks = 50;
const maxCompletedTasks = 1000;
const maxRefuseSeconds = 365 * 24 * 3600;

/**
 * A leading master: frameworks, agents, offers and tasks, from its election to its end. What it
 * does with a call or a message of an agent stands in modules of its own beside this one.
 */
export class Master implements MasterEnd {
  readonly options: MasterOptions;
  readonly id: string;
  readonly startedMs: number;
  readonly allocator = new Allocator();
  readonly frameworks = new Map<string, MasterFramework>();
  readonly completedFrameworks = new Map<string, MasterFramework>();
  readonly agents = new Map<string, MasterAgent>();
  readonly offers = new Map<string, MasterOffer>();
  readonly inverseOffers = new Map<string, MasterInverseOffer>();
  readonly operators = new OperatorEvents(this);
  /** Until it has read the registry, a master answers 503. */
  recovered = true;
  readonly timers: Timers;
  #nextFramework = 0;
  #nextAgent = 0;
  #nextOffer = 0;
  #allocationIsDue = false;

  constructor(options: MasterOptions) {
    this.options = options;
    this.id = options.info.id;
    this.startedMs = options.clock.now();
    this.timers = new Timers(options.clock);
    const { registry, timings } = options;
    for (const [role, weight] of registry.weights) this.allocator.weights.set(role, weight);
    for (const [role, quota] of registry.quotas) this.allocator.quotas.set(role, quota);
    this.timers.every(timings.allocationIntervalMs, () => this.allocate());
    this.timers.every(timings.agentPingTimeoutMs, () => pingAgents(this));
  }

  get now(): number {
    return this.options.clock.now();
  }

  /** Ends like a killed process: connections break, nobody is told anything. */
  stop(): void {
    this.timers.close();
    for (const framework of this.frameworks.values()) framework.stream?.destroy();
    this.operators.destroy();
    for (const agent of this.agents.values()) agent.link?.closeByMaster();
  }

  newFrameworkId(): string {
    return `${this.id}-${String(this.#nextFramework++).padStart(4, '0')}`;
  }

  /** Inverse offers share the numbers. */
  newOfferId(): string {
    return `${this.id}-O${this.#nextOffer++}`;
  }

  newAgentId(): string {
    return `${this.id}-S${this.#nextAgent++}`;
  }

  /** Agents that are in the registry, but have not come back since this master leads. */
  get recoveredAgents(): readonly string[] {
    const { admitted } = this.options.registry;
    return [...admitted.keys()].filter((id) => !this.agents.has(id));
  }

  /** Whether an agent is registered over this connection. */
  holds(link: Link): boolean {
    return this.#agentOf(link) !== undefined;
  }

  // ---- messages of agents

  receive(message: ToMaster, link: Link): void {
    const agent = this.#agentOf(link);
    if (message.kind === 'register') registerAgent(this, message.registration, link);
    else if (agent !== undefined) this.#receiveFrom(agent, message);
    this.options.changed();
  }

  disconnected(link: Link): void {
    const agent = this.#agentOf(link);
    if (agent !== undefined) agentDisconnected(this, agent);
    this.options.changed();
  }

  #receiveFrom(agent: MasterAgent, message: Exclude<ToMaster, { kind: 'register' }>): void {
    switch (message.kind) {
      case 'unregister':
        removeAgent(this, agent, 'the agent unregistered');
        break;
      case 'exitedExecutor':
        exitedExecutor(this, agent, message);
        break;
      case 'update':
        this.#statusUpdate(message);
        break;
      case 'message':
        this.send(message.frameworkId, {
          type: 'MESSAGE',
          message: {
            agent_id: { value: agent.id },
            executor_id: { value: message.executorId },
            data: message.data,
          },
        });
        break;
      case 'operationStatus':
        this.send(message.frameworkId, {
          type: 'UPDATE_OPERATION_STATUS',
          update_operation_status: { status: message.status },
        });
        break;
    }
  }

  #statusUpdate({
    frameworkId,
    status,
    latestState,
  }: ToMaster & { readonly kind: 'update' }): void {
    const framework = this.frameworks.get(frameworkId);
    if (framework === undefined) return;
    // One that is away gets it when its agent tries again; the master knows of it now.
    this.sendUpdate(framework, status);
    const task = framework.tasks.get(status.task_id.value);
    if (task === undefined) return;
    this.recordStatus(task, status);
    this.setState(framework, task, isTerminal(status.state) ? status.state : latestState);
  }

  /** Notes what a framework is told, and tells operators. */
  recordStatus(task: MasterTask, status: TaskStatus): void {
    const isNew = task.forwarded?.state !== status.state;
    if (!isNew) task.statuses.pop();
    task.statuses.push(status);
    if (isNew || status.reason === 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED') {
      this.operators.publishStatus(task, status);
    }
  }

  /** Moves a task on; at its end its resources are free. */
  setState(framework: MasterFramework, task: MasterTask, state: MasterTask['state']): void {
    if (task.isEnded) return;
    task.state = state;
    if (task.isEnded) this.allocator.recover(framework.id, task.agentId, task.resources);
  }

  completeTask(framework: MasterFramework, task: MasterTask): void {
    framework.tasks.delete(task.id);
    framework.completedTasks.push(task);
    if (framework.completedTasks.length > maxCompletedTasks) framework.completedTasks.shift();
  }

  #agentOf(link: Link): MasterAgent | undefined {
    return [...this.agents.values()].find((agent) => agent.link === link);
  }

  // ---- events

  send(frameworkId: string, event: SchedulerEventFields): void {
    this.frameworks.get(frameworkId)?.stream?.send(event);
  }

  /** An update as it is; faults may change when and how often it arrives. */
  sendUpdate(framework: MasterFramework, status: TaskStatus): void {
    const send = (): void => this.send(framework.id, { type: 'UPDATE', update: { status } });
    const { onUpdate } = this.options.faults;
    if (onUpdate === undefined) send();
    else onUpdate(status, send);
  }

  /** An update of the master's own, which nobody acknowledges. */
  masterStatus(
    taskId: string,
    state: TaskStatus['state'],
    reason: TaskStatusReason,
    message: string,
    extra: Partial<TaskStatus> = {},
  ): TaskStatus {
    return {
      task_id: { value: taskId },
      state,
      message,
      source: 'SOURCE_MASTER',
      reason,
      timestamp: this.now / 1000,
      ...extra,
    };
  }

  // ---- offers

  /** Allocates in a moment; several requests make one run. */
  requestAllocation(): void {
    if (this.#allocationIsDue) return;
    this.#allocationIsDue = true;
    setImmediate(() => {
      if (!this.#allocationIsDue) return;
      this.allocate();
    });
  }

  allocate(): void {
    this.#allocationIsDue = false;
    if (this.#waitsForAgents()) return;
    const grants = this.allocator.run(this.now);
    for (const frameworkId of new Set(grants.map((grant) => grant.frameworkId))) {
      const granted = grants.filter((grant) => grant.frameworkId === frameworkId);
      const framework = this.frameworks.get(frameworkId)!;
      const offers = granted.map(({ agentId, role, resources }) => {
        const offer = this.#newOffer(frameworkId, agentId, role, resources);
        return offerMessage(this, framework, offer);
      });
      this.send(frameworkId, { type: 'OFFERS', offers: { offers } });
    }
    if (grants.length > 0) this.options.changed();
    makeInverseOffers(this);
  }

  /** After a change of leader offers wait until most agents are back, or long enough. */
  #waitsForAgents(): boolean {
    const expected = this.options.registry.admitted.size;
    const isEarly = this.now - this.startedMs < this.options.timings.agentReregisterTimeoutMs;
    return isEarly && this.agents.size < 0.8 * expected;
  }

  #newOffer(frameworkId: string, agentId: string, role: string, resources: Resources): MasterOffer {
    const id = this.newOfferId();
    const { offerTimeoutMs } = this.options.timings;
    const cancelTimeout =
      offerTimeoutMs === Number.POSITIVE_INFINITY
        ? () => {}
        : this.timers.after(offerTimeoutMs, () => this.rescind(this.offers.get(id)!));
    const offer = { id, frameworkId, agentId, role, resources, cancelTimeout };
    this.offers.set(id, offer);
    return offer;
  }

  /** Takes an offer away and its resources back; the framework is not told. */
  discardOffer(offer: MasterOffer, refusedUntilMs = 0): void {
    this.removeOffer(offer);
    this.allocator.recover(offer.frameworkId, offer.agentId, offer.resources, refusedUntilMs);
  }

  /** Takes an offer away; its resources stay allocated. */
  removeOffer(offer: MasterOffer): void {
    offer.cancelTimeout();
    this.offers.delete(offer.id);
  }

  rescind(offer: MasterOffer): void {
    this.discardOffer(offer);
    this.send(offer.frameworkId, { type: 'RESCIND', rescind: { offer_id: { value: offer.id } } });
  }

  /** Until when resources are refused: at least one allocation interval, five seconds by default. */
  refusedUntil(refuseSeconds = 5): number {
    if (refuseSeconds === 0) return 0;
    const seconds = refuseSeconds < 0 ? 5 : Math.min(refuseSeconds, maxRefuseSeconds);
    return this.now + Math.max(seconds * 1000, this.options.timings.allocationIntervalMs);
  }

  // ---- frameworks

  /** Tells the allocator what a framework is and wants now. */
  updateAllocator(framework: MasterFramework): void {
    this.allocator.setFramework(framework.id, {
      roles: framework.roles,
      suppressedRoles: framework.suppressedRoles,
      capabilities: capabilitiesOf(framework.info),
      active: framework.connected,
      offerFilters: framework.info.offer_filters,
      constraints: framework.constraints,
    });
  }

  discardOffersOf(framework: MasterFramework): void {
    for (const offer of [...this.offers.values()]) {
      if (offer.frameworkId === framework.id) this.discardOffer(offer);
    }
    discardInverseOffers(this, framework.id);
  }

  /** Ends a framework with all that it runs: TEARDOWN, or its failover timeout. */
  removeFramework(framework: MasterFramework): void {
    framework.cancelFailover();
    framework.cancelHeartbeat();
    this.discardOffersOf(framework);
    for (const task of framework.tasks.values()) {
      if (task.isEnded) continue;
      const status = this.masterStatus(
        task.id,
        'TASK_KILLED',
        'REASON_FRAMEWORK_REMOVED',
        `Framework ${framework.id} removed`,
        { agent_id: { value: task.agentId } },
      );
      this.recordStatus(task, status);
      task.state = 'TASK_KILLED';
    }
    for (const agent of this.agents.values()) {
      agent.link?.toAgent({ kind: 'shutdownFramework', frameworkId: framework.id });
    }
    this.frameworks.delete(framework.id);
    this.allocator.removeFramework(framework.id);
    this.completedFrameworks.set(framework.id, framework);
    if (this.completedFrameworks.size > maxCompletedFrameworks) {
      this.completedFrameworks.delete(this.completedFrameworks.keys().next().value!);
    }
    framework.stream?.close();
    framework.stream = undefined;
    this.operators.publishFrameworkRemoved(framework);
    this.options.changed();
  }
}
