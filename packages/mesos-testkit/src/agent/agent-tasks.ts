import { randomUUID } from 'node:crypto';
import type { ExecutorInfo, FrameworkInfo, TaskInfo } from '@firesteel/mesos-protocol';
import { createSandbox } from '../containerizer/sandbox.js';
import type { ToAgent } from '../link.js';
import { isTerminal } from '../messages.js';
import type { AgentProcess } from './agent-process.js';
import {
  type AgentFramework,
  type AgentTask,
  ExecutorRecord,
  type Termination,
} from './executor-record.js';
import type { ExecutorSupervisor } from './executor-supervisor.js';
import { generatedExecutor } from './generated-executor.js';
import { launchRefusal, lostOr } from './launch-refusal.js';
import { taskOf } from './registration.js';
import type { StatusUpdates } from './status-updates.js';
import { ownStatus } from './statuses.js';

const maxCompletedTasks = 200;

/** What an agent does with tasks: launches, kills, and the updates that it makes itself. */
export class AgentTasks {
  readonly #agent: AgentProcess;
  readonly #supervisor: ExecutorSupervisor;
  readonly #updates: StatusUpdates;
  readonly #exited: (frameworkId: string, executorId: string) => void;

  /** @param exited tells the master that there is no such executor */
  constructor(
    agent: AgentProcess,
    supervisor: ExecutorSupervisor,
    updates: StatusUpdates,
    exited: (frameworkId: string, executorId: string) => void,
  ) {
    this.#agent = agent;
    this.#supervisor = supervisor;
    this.#updates = updates;
    this.#exited = exited;
  }

  /** Hands tasks to their executor, which is started for them if need be. */
  run(message: ToAgent & { readonly kind: 'run' }): void {
    const frameworkId = message.framework.id!.value;
    const framework: AgentFramework = this.#agent.frameworks.get(frameworkId) ?? {
      id: frameworkId,
      info: message.framework,
      executors: new Map(),
      completed: [],
      terminating: false,
    };
    if (framework.terminating) return;
    this.#agent.frameworks.set(frameworkId, framework);
    const info = message.executor ?? generatedExecutor(message.framework, message.tasks[0]!);
    const group = message.isGroup ? message.tasks : undefined;
    const tasks = message.tasks.map(
      (task): AgentTask => ({ info: task, group, state: 'TASK_STAGING', statuses: [] }),
    );
    const existing = framework.executors.get(info.executor_id.value);
    const refused = launchRefusal(existing, message, this.#agent.context.config.users);
    if (refused !== undefined) {
      for (const { info: task } of tasks) {
        this.#report(framework, task.task_id.value, info.executor_id.value, refused);
      }
      if (existing?.isEnding && message.executor !== undefined) {
        this.#supervisor.exited(existing, -1);
      }
      // The master counts on an executor.
      if (existing === undefined && message.executor !== undefined)
        this.#exited(frameworkId, info.executor_id.value);
      this.#supervisor.forgetFrameworkIfDone(framework);
      return;
    }
    const executor = existing ?? this.#create(framework, info, message.executor === undefined);
    for (const task of tasks) executor.queued.set(task.info.task_id.value, task);
    if (existing === undefined) this.#supervisor.launch(executor, tasks[0]!.info);
    else if (executor.state === 'RUNNING') this.deliver(executor);
  }

  #create(framework: AgentFramework, info: ExecutorInfo, isGenerated: boolean): ExecutorRecord {
    const containerId = randomUUID();
    const sandbox = createSandbox(this.#agent.context.config.workDir, {
      agentId: this.#agent.agentId!,
      frameworkId: framework.id,
      executorId: info.executor_id.value,
      containerId,
    });
    const executor = new ExecutorRecord(framework, info, containerId, sandbox, isGenerated);
    framework.executors.set(executor.id, executor);
    return executor;
  }

  /** Hands all queued tasks to a subscribed executor: single ones first, then the groups. */
  deliver(executor: ExecutorRecord): void {
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

  /** Passes it on, or ends a task that no executor has yet. */
  kill({ frameworkId, taskId, killPolicy }: ToAgent & { readonly kind: 'kill' }): void {
    const framework = this.#agent.frameworks.get(frameworkId);
    if (framework === undefined || framework.terminating || this.#agent.phase !== 'running') return;
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
      this.end(executor, executor.queued.get(member.task_id.value)!, {
        state: 'TASK_KILLED',
        reason: 'REASON_TASK_KILLED_DURING_LAUNCH',
        message: 'Killed before delivery to the executor',
      });
    }
    if (!executor.hasWork) this.#supervisor.shutdown(executor);
  }

  /** A task whose end is acknowledged is forgotten. */
  acknowledge(frameworkId: string, taskId: string, uuid: Uint8Array): void {
    const status = this.#updates.acknowledge(frameworkId, taskId, uuid);
    if (status === undefined || !isTerminal(status.state)) return;
    const framework = this.#agent.frameworks.get(frameworkId);
    if (framework === undefined) return;
    for (const executor of [...framework.executors.values()]) {
      const task = executor.terminated.get(taskId);
      if (task === undefined) continue;
      executor.terminated.delete(taskId);
      framework.completed.push(taskOf(this.#agent, executor, task));
      if (framework.completed.length > maxCompletedTasks) framework.completed.shift();
      this.#supervisor.forgetIfDone(executor);
    }
  }

  /** Its executor did not get it before an agent's end. */
  drop(executor: ExecutorRecord, task: AgentTask): void {
    this.end(executor, task, {
      state: lostOr('TASK_DROPPED', executor.framework.info),
      reason: 'REASON_AGENT_RESTARTED',
      message: 'Task was not received by the executor',
    });
  }

  /** Ends a task of an executor, and tells of it. */
  end(executor: ExecutorRecord, task: AgentTask, termination: Termination): void {
    const { framework } = executor;
    if (framework.terminating) return;
    const status = ownStatus(this.#agent, task.info.task_id.value, executor.id, termination);
    executor.record(task, status);
    this.#updates.add(framework.id, status);
  }

  /** The master expects a task that is not here: it was lost on the way, or with this agent. */
  reportIfUnknown(info: FrameworkInfo, taskId: string): void {
    const frameworkId = info.id!.value;
    const executors = [...(this.#agent.frameworks.get(frameworkId)?.executors.values() ?? [])];
    if (executors.some((executor) => executor.task(taskId) !== undefined)) return;
    const status = ownStatus(this.#agent, taskId, undefined, {
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
    this.#updates.add(framework.id, ownStatus(this.#agent, taskId, executorId, termination));
  }
}
