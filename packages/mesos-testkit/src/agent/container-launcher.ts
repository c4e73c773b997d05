import type { ContainerInfo, TaskInfo } from '@firesteel/mesos-protocol';
import { type ExitStatus, SandboxProcess } from '../containerizer/process.js';
import { durationMs } from '../messages.js';
import type { AgentContext } from './agent-context.js';
import { CommandExecutor } from './builtin/command-executor.js';
import { DefaultExecutor } from './builtin/default-executor.js';
import { executorEnvironment } from './environment.js';
import type { ExecutorRecord } from './executor-record.js';
import { createToken } from './executor-tokens.js';

/** The kill of a command's task must fit into the grace that its executor has. */
const commandShutdownReserveMs = 2_000;

/** Of executors of frameworks whose program is missing, as agents of Mesos 1.12 report it. */
const notExecutedCode = 233;

/** What is running; the promise stands in an object, so that awaiting that does not await its end. */
interface Container {
  readonly exited: Promise<ExitStatus>;
}

/** No containerizer of the agent takes the container. */
export class UnknownContainer extends Error {}

/** As on an agent with the default flags: without Docker, and without images. */
function checkContainer(container: ContainerInfo | undefined): void {
  if (container?.type === 'DOCKER') throw new UnknownContainer('unknown container');
  const image = container?.mesos?.image;
  if (image !== undefined)
    throw new Error(`Unsupported container image type: ${image.type === 'DOCKER' ? 2 : 1}`);
}

/** Fetches what an executor needs and starts it, as a process or, if it is built in, in this one. */
export class ContainerLauncher {
  readonly #context: AgentContext;

  constructor(context: AgentContext) {
    this.#context = context;
  }

  /**
   * Resolves when the container runs.
   * @param task the first task; its command is that of a generated executor
   */
  async launch(
    executor: ExecutorRecord,
    task: TaskInfo,
    agentId: string,
    agentAddress: string,
  ): Promise<Container> {
    const { fetcher, mayLaunch } = this.#context;
    await mayLaunch();
    const { info, sandbox, containerId } = executor;
    checkContainer(info.container);
    await fetcher.fetch(info.command?.uris ?? [], sandbox).catch(() => {
      throw new Error(
        `Failed to fetch all URIs for container '${containerId}': exited with status 1`,
      );
    });
    if (executor.state === 'TERMINATING') {
      return { exited: Promise.resolve({ signal: 'SIGKILL' }) };
    }
    const environment = this.#environment(executor, task, agentId, agentAddress);
    if (executor.isGenerated || info.type === 'DEFAULT') {
      executor.builtin = this.#builtin(executor, environment);
      return executor.builtin;
    }
    const command = info.command ?? {};
    executor.process = new SandboxProcess(
      command,
      sandbox,
      environment,
      this.#context.reaper,
      notExecutedCode,
    );
    return executor.process;
  }

  #builtin(executor: ExecutorRecord, environment: Readonly<Record<string, string>>) {
    const { reaper, containerTimers, timings, fetcher } = this.#context;
    const surroundings = {
      framework: executor.framework.info,
      executorId: executor.id,
      containerId: executor.containerId,
      sandbox: executor.sandbox,
      environment,
      reaper,
      timers: containerTimers,
      killGracePeriodMs: timings.killGracePeriodMs,
    };
    return executor.isGenerated
      ? new CommandExecutor(surroundings)
      : new DefaultExecutor(surroundings, fetcher);
  }

  #environment(
    executor: ExecutorRecord,
    task: TaskInfo,
    agentId: string,
    agentAddress: string,
  ): Record<string, string> {
    const { config, timings } = this.#context;
    const { framework, info, sandbox, containerId } = executor;
    const killGraceMs = durationMs(task.kill_policy?.grace_period) ?? 0;
    const claims = { fid: framework.id, eid: executor.id, cid: containerId };
    return executorEnvironment(
      {
        frameworkId: framework.id,
        executorId: executor.id,
        agentId,
        agentAddress,
        sandbox,
        checkpoint: framework.info.checkpoint === true,
        recoveryTimeoutMs: timings.recoveryTimeoutMs,
        subscriptionBackoffMaxMs: timings.executorReregistrationTimeoutMs,
        shutdownGracePeriodMs: Math.max(
          durationMs(info.shutdown_grace_period) ?? timings.executorShutdownGracePeriodMs,
          executor.isGenerated ? killGraceMs + commandShutdownReserveMs : 0,
        ),
        agentVariables: config.executorVariables,
        authenticationToken:
          config.jwtSecret === undefined ? undefined : createToken(claims, config.jwtSecret),
      },
      info.command?.environment,
    );
  }
}
