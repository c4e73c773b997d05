import type { TaskInfo } from '@firesteel/mesos-protocol';
import type { Timers } from '../clock.js';
import { type ExitStatus, waitStatus } from '../containerizer/process.js';
import { durationMs } from '../messages.js';
import { durationText } from '../timings.js';
import type { AgentProcess } from './agent-process.js';
import { ContainerLauncher, UnknownContainer } from './container-launcher.js';
import {
  type AgentFramework,
  type AgentTask,
  type ExecutorRecord,
  executorTerminated,
  type Termination,
} from './executor-record.js';

/** What an agent does about the ends of its executors. */
export interface SupervisorListener {
  /** Of an executor that its framework knows; `status` as wait(2) gives it, -1 if unknown. */
  readonly exited: (executor: ExecutorRecord, status: number) => void;
  readonly taskEnded: (executor: ExecutorRecord, task: AgentTask, why: Termination) => void;
}

/** Starts the executors of one process of an agent, and sees to it that they end. */
export class ExecutorSupervisor {
  readonly #agent: AgentProcess;
  readonly #timers: Timers;
  readonly #launcher: ContainerLauncher;
  readonly #listener: SupervisorListener;

  constructor(agent: AgentProcess, timers: Timers, listener: SupervisorListener) {
    this.#agent = agent;
    this.#timers = timers;
    this.#launcher = new ContainerLauncher(agent.context);
    this.#listener = listener;
  }

  /** @param task the first one */
  launch(executor: ExecutorRecord, task: TaskInfo): void {
    const { context, agentId, address } = this.#agent;
    const timeoutMs = context.timings.executorRegistrationTimeoutMs;
    executor.cancelTimer = this.#timers.after(timeoutMs, () => {
      executor.termination = {
        state: 'TASK_FAILED',
        reason: 'REASON_EXECUTOR_REGISTRATION_TIMEOUT',
        message: `Executor did not register within ${durationText(timeoutMs)}`,
      };
      executor.state = 'TERMINATING';
      executor.destroy();
    });
    this.#launcher.launch(executor, task, agentId!, address).then(
      ({ exited }) => {
        void exited.then((status) => this.#ended(executor, status));
        executor.builtin?.connect(this.#agent);
        if (executor.isEnding) executor.destroy();
        context.changed();
      },
      (error: Error) => {
        executor.termination =
          error instanceof UnknownContainer
            ? {
                state: 'TASK_FAILED',
                reason: 'REASON_EXECUTOR_TERMINATED',
                message: `Abnormal executor termination: ${error.message}`,
              }
            : {
                state: 'TASK_FAILED',
                reason: 'REASON_CONTAINER_LAUNCH_FAILED',
                message: `Failed to launch container: ${error.message}`,
              };
        this.exited(executor, -1);
      },
    );
  }

  /** Takes over an executor that an earlier process of the agent has launched. */
  adopt(executor: ExecutorRecord): void {
    executor.connection = undefined;
    void (executor.process ?? executor.builtin)?.exited.then((status) =>
      this.#ended(executor, status),
    );
    executor.builtin?.connect(this.#agent);
  }

  /** Asks an executor to end, and ends it after its grace period. */
  shutdown(executor: ExecutorRecord): void {
    if (executor.state === 'TERMINATED') {
      this.forgetIfDone(executor);
      return;
    }
    if (executor.state === 'TERMINATING') return;
    executor.state = 'TERMINATING';
    executor.cancelTimer();
    executor.connection?.send({ type: 'SHUTDOWN' });
    if (executor.connection === undefined && executor.builtin !== undefined) executor.destroy();
    const { timings } = this.#agent.context;
    const graceMs =
      durationMs(executor.info.shutdown_grace_period) ?? timings.executorShutdownGracePeriodMs;
    executor.cancelTimer = this.#timers.after(graceMs, () => executor.destroy());
  }

  /** Tells of the end first, then of each task that it ended. */
  exited(executor: ExecutorRecord, status: number): void {
    executor.state = 'TERMINATED';
    executor.cancelTimer();
    executor.connection?.close();
    executor.connection = undefined;
    const termination = executor.termination ?? executorTerminated;
    if (!executor.isGenerated) this.#listener.exited(executor, status);
    for (const task of [...executor.launched.values(), ...executor.queued.values()]) {
      this.#listener.taskEnded(executor, task, termination);
    }
    this.forgetIfDone(executor);
  }

  forgetIfDone(executor: ExecutorRecord): void {
    const { framework } = executor;
    if (executor.state !== 'TERMINATED') return;
    if (executor.terminated.size > 0 && !framework.terminating) return;
    framework.executors.delete(executor.id);
    this.forgetFrameworkIfDone(framework);
  }

  forgetFrameworkIfDone(framework: AgentFramework): void {
    if (framework.executors.size === 0) this.#agent.frameworks.delete(framework.id);
  }

  /** The container's process is gone. */
  #ended(executor: ExecutorRecord, status: ExitStatus): void {
    executor.exitStatus = status;
    if (this.#agent.phase !== 'running' || executor.state === 'TERMINATED') return;
    this.exited(executor, waitStatus(status));
    this.#agent.context.changed();
  }
}
