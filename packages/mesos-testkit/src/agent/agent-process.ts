import { randomUUID } from 'node:crypto';
import type {
  ExecutorCallFields,
  ExecutorInfo,
  FrameworkInfo,
  TaskInfo,
  TaskStatus,
} from '@firesteel/mesos-protocol';
import { Timers } from '../clock.js';
import { createSandbox } from '../containerizer/sandbox.js';
import type { AgentEnd, Link, ToAgent } from '../link.js';
import { isTerminal } from '../messages.js';
import type { Resources } from '../resources/arithmetic.js';
import { durationText } from '../timings.js';
import type { AgentContext } from './agent-context.js';
import {
  type AgentFramework,
  type AgentTask,
  type ExecutorConnection,
  ExecutorRecord,
  type Termination,
} from './executor-record.js';
import { ExecutorSupervisor } from './executor-supervisor.js';
import { generatedExecutor } from './generated-executor.js';
import { launchRefusal, lostOr } from './launch-refusal.js';
import { OperationUpdates } from './operation-updates.js';
import { registrationOf, taskOf } from './registration.js';
import { StatusUpdates } from './status-updates.js';
import { completedStatus, ownStatus } from './statuses.js';

const maxCompletedTasks = 200;

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
    this.#supervisor = new ExecutorSupervisor(this, this.#timers, {
      exited: ({ framework, id }, status) =>
        this.#send({
          kind: 'exitedExecutor',
          frameworkId: framework.id,
          executorId: id,
          status,
        }),
      taskEnded: (executor, task, why) => this.#end(executor, task, why),
    });
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
          this.#reportIfUnknown(framework, taskId);
        }
        break;
      case 'run':
        this.#run(message);
        break;
      case 'kill':
        this.#kill(message);
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
        this.#acknowledge(message.frameworkId, message.taskId, message.uuid);
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
      if (task.state === 'TASK_STAGING' && !known.has(taskId)) this.#drop(executor, task);
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
    this.#deliver(executor);
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

  // ---- tasks

  #run(message: ToAgent & { readonly kind: 'run' }): void {
    const frameworkId = message.framework.id!.value;
    const framework: AgentFramework = this.frameworks.get(frameworkId) ?? {
      id: frameworkId,
      info: message.framework,
      executors: new Map(),
      completed: [],
      terminating: false,
    };
    if (framework.terminating) return;
    this.frameworks.set(frameworkId, framework);
    const info = message.executor ?? generatedExecutor(message.framework, message.tasks[0]!);
    const group = message.isGroup ? message.tasks : undefined;
    const tasks = message.tasks.map(
      (task): AgentTask => ({ info: task, group, state: 'TASK_STAGING', statuses: [] }),
    );
    const existing = framework.executors.get(info.executor_id.value);
    const refused = launchRefusal(existing, message, this.context.config.users);
    if (refused !== undefined) {
      for (const { info: task } of tasks) {
        this.#report(framework, task.task_id.value, info.executor_id.value, refused);
      }
      if (existing?.isEnding && message.executor !== undefined) {
        this.#supervisor.exited(existing, -1);
      }
      // The master counts on an executor.
      if (existing === undefined && message.executor !== undefined)
        this.#send({
          kind: 'exitedExecutor',
          frameworkId,
          executorId: info.executor_id.value,
          status: -1,
        });
      this.#supervisor.forgetFrameworkIfDone(framework);
      return;
    }
    const executor = existing ?? this.#create(framework, info, message.executor === undefined);
    for (const task of tasks) executor.queued.set(task.info.task_id.value, task);
    if (existing === undefined) this.#supervisor.launch(executor, tasks[0]!.info);
    else if (executor.state === 'RUNNING') this.#deliver(executor);
  }

  #create(framework: AgentFramework, info: ExecutorInfo, isGenerated: boolean): ExecutorRecord {
    const containerId = randomUUID();
    const sandbox = createSandbox(this.context.config.workDir, {
      agentId: this.agentId!,
      frameworkId: framework.id,
      executorId: info.executor_id.value,
      containerId,
    });
    const executor = new ExecutorRecord(framework, info, containerId, sandbox, isGenerated);
    framework.executors.set(executor.id, executor);
    return executor;
  }

  /** A call of an executor that runs in this process. */
  executorCall(call: ExecutorCallFields, connection: ExecutorConnection): void {
    const executor = this.executor(call.framework_id.value, call.executor_id.value);
    if (executor === undefined || this.phase === 'stopped') return;
    if (call.type === 'SUBSCRIBE') this.subscribe(executor, call, connection);
    else if (call.type === 'UPDATE') this.update(executor, call.update!.status);
  }

  /** Hands all queued tasks to a subscribed executor: single ones first, then the groups. */
  #deliver(executor: ExecutorRecord): void {
    const groups = new Set<readonly TaskInfo[]>();
    for (const [taskId, task] of executor.queued) {
      executor.launched.set(taskId, task);
      executor.wasUsed = true;
      if (task.group !== undefined) groups.add(task.group);
      else executor.connection?.send({ type: 'LAUNCH', launch: { task: task.info } });
    }
    executor.queued.clear();
    for (const tasks of groups) {
      executor.connection?.send({
        type: 'LAUNCH_GROUP',
        launch_group: { task_group: { tasks } },
      });
    }
  }

  #kill({ frameworkId, taskId, killPolicy }: ToAgent & { readonly kind: 'kill' }): void {
    const framework = this.frameworks.get(frameworkId);
    if (framework === undefined || framework.terminating || this.phase !== 'running') return;
    const executor = [...framework.executors.values()].find(
      (e) => e.queued.has(taskId) || e.launched.has(taskId),
    );
    if (executor === undefined) {
      this.#report(framework, taskId, undefined, {
        state: lostOr('TASK_DROPPED', framework.info),
        reason: 'REASON_EXECUTOR_TERMINATED',
        message: 'Cannot find executor',
      });
      return;
    }
    if (executor.isEnding) return;
    const queued = executor.queued.get(taskId);
    if (queued === undefined) {
      executor.connection?.send({
        type: 'KILL',
        kill: { task_id: { value: taskId }, ...(killPolicy && { kill_policy: killPolicy }) },
      });
      return;
    }
    for (const member of queued.group ?? [queued.info]) {
      this.#end(executor, executor.queued.get(member.task_id.value)!, {
        state: 'TASK_KILLED',
        reason: 'REASON_TASK_KILLED_DURING_LAUNCH',
        message: 'Killed before delivery to the executor',
      });
    }
    if (!executor.hasWork) this.#supervisor.shutdown(executor);
  }

  #acknowledge(frameworkId: string, taskId: string, uuid: Uint8Array): void {
    const status = this.#updates.acknowledge(frameworkId, taskId, uuid);
    if (status === undefined || !isTerminal(status.state)) return;
    const framework = this.frameworks.get(frameworkId);
    if (framework === undefined) return;
    for (const executor of [...framework.executors.values()]) {
      const task = executor.terminated.get(taskId);
      if (task === undefined) continue;
      executor.terminated.delete(taskId);
      framework.completed.push(taskOf(this, executor, task));
      if (framework.completed.length > maxCompletedTasks) framework.completed.shift();
      this.#supervisor.forgetIfDone(executor);
    }
  }

  #drop(executor: ExecutorRecord, task: AgentTask): void {
    this.#end(executor, task, {
      state: lostOr('TASK_DROPPED', executor.framework.info),
      reason: 'REASON_AGENT_RESTARTED',
      message: 'Task was not received by the executor',
    });
  }

  // ---- ends of executors

  #shutdownFramework(framework: AgentFramework): void {
    framework.terminating = true;
    this.#updates.forget(framework.id);
    for (const executor of [...framework.executors.values()]) this.#supervisor.shutdown(executor);
    this.#supervisor.forgetFrameworkIfDone(framework);
  }

  // ---- updates of the agent's own

  #end(executor: ExecutorRecord, task: AgentTask, termination: Termination): void {
    const { framework } = executor;
    if (framework.terminating) return;
    const status = ownStatus(this, task.info.task_id.value, executor.id, termination);
    executor.record(task, status);
    this.#updates.add(framework.id, status);
  }

  /** The master expects a task that is not here: it was lost on the way, or with this agent. */
  #reportIfUnknown(info: FrameworkInfo, taskId: string): void {
    const frameworkId = info.id!.value;
    const executors = [...(this.frameworks.get(frameworkId)?.executors.values() ?? [])];
    if (executors.some((executor) => executor.task(taskId) !== undefined)) return;
    const status = ownStatus(this, taskId, undefined, {
      state: lostOr('TASK_DROPPED', info),
      reason: 'REASON_RECONCILIATION',
      message: 'Task is unknown to the agent',
    });
    this.#updates.add(frameworkId, status);
  }

  /** Of a task that no executor here holds. */
  #report(
    framework: AgentFramework,
    taskId: string,
    executorId: string | undefined,
    termination: Termination,
  ): void {
    this.#updates.add(framework.id, ownStatus(this, taskId, executorId, termination));
  }

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
