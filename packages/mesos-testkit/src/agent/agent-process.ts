import type { ExecutorCallFields, TaskStatus } from '@firesteel/mesos-protocol';
import { Timers } from '../clock.js';
import type { AgentEnd, Link, ToAgent } from '../link.js';
import type { Resources } from '../resources/arithmetic.js';
import { durationText } from '../timings.js';
import type { AgentContext } from './agent-context.js';
import { AgentTasks } from './agent-tasks.js';
import type { AgentFramework, ExecutorConnection, ExecutorRecord } from './executor-record.js';
import { ExecutorSupervisor } from './executor-supervisor.js';
import { lostOr } from './launch-refusal.js';
import { OperationUpdates } from './operation-updates.js';
import { registrationOf } from './registration.js';
import { StatusUpdates } from './status-updates.js';
import { completedStatus } from './statuses.js';

/**
 * One process of an agent: from its start until it is killed. What checkpointing frameworks have on
 * it passes to the next process.
 */
export class AgentProcess implements AgentEnd {
  readonly context: AgentContext;
  readonly frameworks = new Map<string, AgentFramework>();
  readonly #timers: Timers;
  readonly #updates: StatusUpdates;
  readonly #operations: OperationUpdates;
  readonly #supervisor: ExecutorSupervisor;
  readonly #tasks: AgentTasks;
  /** `ip:port` of the HTTP server. */
  address = '';
  agentId: string | undefined;
  total: Resources;
  phase: 'recovering' | 'running' | 'stopped' = 'running';
  #link: Link | undefined;
  #registered = false;

  constructor(context: AgentContext) {
    this.context = context;
    this.total = context.config.resources;
    this.#timers = new Timers(context.clock);
    this.#updates = new StatusUpdates(this.#timers, context.timings, (frameworkId, status) =>
      this.#forward(frameworkId, status),
    );
    this.#operations = new OperationUpdates(this.#timers, context.timings, (frameworkId, status) =>
      this.#send({ kind: 'operationStatus', frameworkId, status }),
    );
    const exited = (frameworkId: string, executorId: string, status: number): void =>
      this.#send({ kind: 'exitedExecutor', frameworkId, executorId, status });
    this.#supervisor = new ExecutorSupervisor(this, this.#timers, {
      exited: ({ framework, id }, status) => exited(framework.id, id, status),
      taskEnded: (executor, task, why) => this.#tasks.end(executor, task, why),
    });
    this.#tasks = new AgentTasks(this, this.#supervisor, this.#updates, (...ids) =>
      exited(...ids, -1),
    );
  }

  get link(): Link | undefined {
    return this.#link;
  }

  /** Starts with an empty disk, or with what an earlier process left there. */
  start(address: string, previous?: AgentProcess): void {
    this.address = address;
    if (previous === undefined) {
      this.#connect();
      return;
    }
    this.phase = 'recovering';
    this.#adopt(previous);
    this.#timers.after(this.context.timings.executorReregistrationTimeoutMs, () =>
      this.#recovered(),
    );
  }

  /** The process dies: no message goes out any more, connections break, executors stay. */
  stop(): void {
    this.phase = 'stopped';
    this.#timers.close();
    this.#link?.closeByAgent();
    this.#link = undefined;
    for (const executor of this.#executors()) executor.builtin?.agentLost();
  }

  /** The network is back; an agent that was given up meanwhile registers again. */
  heal(): void {
    const link = this.#link;
    if (link === undefined || link.alive) return;
    link.heal();
    if (!this.context.isRegistered(link)) this.disconnected(link);
  }

  destroyContainers(): void {
    for (const executor of this.#executors()) executor.destroy();
  }

  /** Leaves the cluster: the master removes the agent at once, and everything on it is ended. */
  unregister(): void {
    this.#send({ kind: 'unregister' });
    for (const framework of this.frameworks.values()) this.#shutdownFramework(framework);
  }

  receive(message: ToAgent, link: Link): void {
    if (link !== this.#link || this.phase === 'stopped') return;
    switch (message.kind) {
      case 'registered':
        this.agentId = message.agentId;
        this.#registered = true;
        this.#updates.resendAll();
        this.#operations.resendAll();
        for (const { framework, taskId } of message.expected) {
          this.#tasks.reportIfUnknown(framework, taskId);
        }
        break;
      case 'run':
        this.#tasks.run(message);
        break;
      case 'kill':
        this.#tasks.kill(message);
        break;
      case 'shutdownExecutor': {
        const executor = this.executor(message.frameworkId, message.executorId);
        if (executor !== undefined) this.#supervisor.shutdown(executor);
        break;
      }
      case 'shutdownFramework': {
        const framework = this.frameworks.get(message.frameworkId);
        if (framework !== undefined) this.#shutdownFramework(framework);
        break;
      }
      case 'acknowledge':
        this.#tasks.acknowledge(message.frameworkId, message.taskId, message.uuid);
        break;
      case 'message': {
        const executor = this.executor(message.frameworkId, message.executorId);
        if (executor?.state !== 'RUNNING') break;
        executor.connection?.send({ type: 'MESSAGE', message: { data: message.data } });
        break;
      }
      case 'frameworkUpdated': {
        const framework = this.frameworks.get(message.framework.id!.value);
        if (framework !== undefined) framework.info = message.framework;
        this.#updates.resendAll();
        break;
      }
      case 'operation':
        this.total = message.total;
        this.#operations.finish(message.frameworkId, message.operationId, this.agentId!);
        break;
      case 'total':
        this.total = message.total;
        break;
      case 'acknowledgeOperation':
        this.#operations.acknowledge(message.operationId, message.uuid);
        break;
      case 'shutdown':
        for (const framework of this.frameworks.values()) this.#shutdownFramework(framework);
        break;
    }
    this.context.changed();
  }

  disconnected(link: Link): void {
    if (link !== this.#link) return;
    this.#link = undefined;
    this.#registered = false;
    this.#timers.after(this.context.reconnectDelayMs(), () => this.#connect());
  }

  /** Calls `fn` periodically as long as this process lives; the returned function ends it. */
  every(periodMs: number, fn: () => void): () => void {
    return this.#timers.every(periodMs, fn);
  }

  executor(frameworkId: string, executorId: string): ExecutorRecord | undefined {
    return this.frameworks.get(frameworkId)?.executors.get(executorId);
  }

  // ---- calls of executors; they were found valid before

  subscribe(
    executor: ExecutorRecord,
    call: ExecutorCallFields,
    connection: ExecutorConnection,
  ): void {
    const { framework } = executor;
    if (framework.terminating || executor.isEnding) {
      connection.send({ type: 'SHUTDOWN' });
      return;
    }
    executor.connection?.close();
    executor.connection = connection;
    executor.state = 'RUNNING';
    executor.cancelTimer();
    const { unacknowledged_tasks: tasks = [], unacknowledged_updates: updates = [] } =
      call.subscribe!;
    for (const { status } of updates) this.update(executor, status);
    const known = new Set(tasks.map(({ task_id }) => task_id.value));
    for (const [taskId, task] of executor.launched) {
      if (task.state === 'TASK_STAGING' && !known.has(taskId)) this.#tasks.drop(executor, task);
    }
    if (!executor.wasUsed && executor.queued.size === 0) {
      this.#supervisor.shutdown(executor);
      return;
    }
    connection.send({
      type: 'SUBSCRIBED',
      subscribed: {
        executor_info: executor.info,
        framework_info: framework.info,
        agent_info: registrationOf(this).info,
        container_id: { value: executor.containerId },
      },
    });
    this.#tasks.deliver(executor);
    this.context.changed();
  }

  update(executor: ExecutorRecord, status: TaskStatus): void {
    const { framework } = executor;
    const foreign = status.agent_id !== undefined && status.agent_id.value !== this.agentId;
    if (framework.terminating || foreign) return;
    const taskId = status.task_id.value;
    const owner = [...framework.executors.values()].find((e) => e.task(taskId) !== undefined);
    const complete = completedStatus(this, executor, status, owner !== undefined);
    if (owner === undefined) {
      // Nobody here holds the task any more: the scheduler may judge, the executor is not answered.
      this.#updates.add(framework.id, complete);
      return;
    }
    const task = owner.task(taskId)!;
    if (!owner.terminated.has(taskId)) {
      owner.record(task, complete);
      this.#updates.add(framework.id, complete);
    }
    executor.connection?.send({
      type: 'ACKNOWLEDGED',
      acknowledged: { task_id: status.task_id, uuid: status.uuid! },
    });
    this.context.changed();
  }

  message(executor: ExecutorRecord, data: Uint8Array): void {
    const frameworkId = executor.framework.id;
    this.#send({ kind: 'message', frameworkId, executorId: executor.id, data });
  }

  /** A call of an executor that runs in this process. */
  executorCall(call: ExecutorCallFields, connection: ExecutorConnection): void {
    const executor = this.executor(call.framework_id.value, call.executor_id.value);
    if (executor === undefined || this.phase === 'stopped') return;
    if (call.type === 'SUBSCRIBE') this.subscribe(executor, call, connection);
    else if (call.type === 'UPDATE') this.update(executor, call.update!.status);
  }

  // ---- ends of executors

  /** Ends one that uses what the cluster takes back (mesos: slave.cpp, _qosCorrections). */
  preempt(executor: ExecutorRecord): void {
    if (executor.isEnding) return;
    executor.termination = {
      state: lostOr('TASK_GONE', executor.framework.info),
      reason: 'REASON_CONTAINER_PREEMPTED',
      message: 'Container preempted by QoS correction',
    };
    executor.state = 'TERMINATING';
    executor.destroy();
  }

  #shutdownFramework(framework: AgentFramework): void {
    framework.terminating = true;
    this.#updates.forget(framework.id);
    for (const executor of [...framework.executors.values()]) this.#supervisor.shutdown(executor);
    this.#supervisor.forgetFrameworkIfDone(framework);
  }

  // ---- to the master

  #forward(frameworkId: string, status: TaskStatus): void {
    const taskId = status.task_id.value;
    const executors = [...(this.frameworks.get(frameworkId)?.executors.values() ?? [])];
    const task = executors.map((e) => e.task(taskId)).find((found) => found !== undefined);
    const latestState = task?.state ?? status.state;
    this.#send({ kind: 'update', frameworkId, status, latestState });
  }

  #send(message: Parameters<Link['toMaster']>[0]): void {
    if (this.#registered) this.#link?.toMaster(message);
  }

  // ---- masters and recovery

  #connect(): void {
    if (this.phase !== 'running') return;
    this.#link = this.context.connect(this);
    if (this.#link === undefined) {
      this.#timers.after(this.context.timings.registrationBackoffMs, () => this.#connect());
      return;
    }
    this.#link.toMaster({ kind: 'register', registration: registrationOf(this) });
  }

  /** Only checkpointing frameworks are on disk; containers of all others are orphans. */
  #adopt(previous: AgentProcess): void {
    this.agentId = previous.agentId;
    this.total = previous.total;
    const recovered = [...previous.frameworks.values()].filter(
      ({ info, terminating }) => info.checkpoint === true && !terminating,
    );
    for (const framework of previous.frameworks.values()) {
      if (recovered.includes(framework)) continue;
      for (const executor of framework.executors.values()) executor.destroy();
    }
    for (const framework of recovered) {
      this.frameworks.set(framework.id, framework);
      for (const executor of framework.executors.values()) {
        this.#supervisor.adopt(executor);
      }
    }
    this.#updates.adopt(previous.#updates, new Set(recovered.map(({ id }) => id)));
  }

  #recovered(): void {
    this.phase = 'running';
    for (const executor of this.#executors()) {
      const started = executor.process !== undefined || executor.builtin !== undefined;
      if (executor.exitStatus !== undefined || !started) {
        // Nobody was there to see how it ended.
        this.#supervisor.exited(executor, -1);
      } else if (executor.connection === undefined) {
        executor.termination = {
          state: lostOr('TASK_GONE', executor.framework.info),
          reason: 'REASON_EXECUTOR_REREGISTRATION_TIMEOUT',
          message: `Executor did not reregister within ${durationText(this.context.timings.executorReregistrationTimeoutMs)}`,
        };
        executor.destroy();
      }
    }
    this.#connect();
    this.context.changed();
  }

  #executors(): readonly ExecutorRecord[] {
    return [...this.frameworks.values()].flatMap(({ executors }) => [...executors.values()]);
  }
}
