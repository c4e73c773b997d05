import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FiresteelError } from '@firesteel/common';
import { runsDirectory } from '../containerizer/sandbox.js';
import { HttpServer, textAnswer } from '../http/server.js';
import type { AgentContext } from './agent-context.js';
import { AgentProcess } from './agent-process.js';
import { answerAgentRequest } from './agent-server.js';
import type { ExecutorRecord } from './executor-record.js';

/** One agent of a test cluster, through all the processes that it may have in its life. */
export class TestAgent {
  readonly hostname: string;
  readonly workDir: string;
  readonly #context: AgentContext;
  readonly #host: string;
  #port: number;
  #server: HttpServer | undefined;
  #process: AgentProcess;
  #launchGate: Promise<void> = Promise.resolve();

  constructor(context: AgentContext, host: string, port: number) {
    this.#context = { ...context, mayLaunch: () => this.#launchGate };
    this.#host = host;
    this.#port = port;
    this.hostname = context.config.hostname;
    this.workDir = context.config.workDir;
    this.#process = new AgentProcess(this.#context);
  }

  /** The id that the master gave it; undefined before it is registered. */
  get id(): string | undefined {
    return this.#process.agentId;
  }

  /** `ip:port` of its HTTP server; the same after a restart. */
  get address(): string {
    return `${this.#host}:${this.#port}`;
  }

  get isRunning(): boolean {
    return this.#server !== undefined;
  }

  /** The newest sandbox of an executor (for command tasks the executor's id is the task's). */
  sandbox(frameworkId: string, executorId: string): string {
    const runs = runsDirectory(this.workDir, {
      agentId: this.id ?? '',
      frameworkId,
      executorId,
    });
    const latest = join(runs, 'latest');
    if (!existsSync(latest)) {
      const what = `executor ${executorId} of framework ${frameworkId}`;
      throw new FiresteelError('PATH_NOT_FOUND', `There is no sandbox of ${what} in ${runs}.`);
    }
    return latest;
  }

  /** Executors that are there, with the ids that Mesos knows them by. */
  executors(): readonly { readonly frameworkId: string; readonly executorId: string }[] {
    return [...this.#process.frameworks].flatMap(([frameworkId, { executors }]) =>
      [...executors.keys()].map((executorId) => ({ frameworkId, executorId })),
    );
  }

  async start(): Promise<void> {
    await this.#listen();
    this.#process.start(this.address);
  }

  /**
   * Kills the agent's process, as SIGKILL does: its connections break, its executors go on by
   * themselves as long as their framework lets them.
   */
  async kill(): Promise<void> {
    this.#process.stop();
    const server = this.#server;
    this.#server = undefined;
    await server?.close();
  }

  /** Starts the agent again, in the same directory and on the same port. */
  async restart(): Promise<void> {
    if (this.isRunning) await this.kill();
    const previous = this.#process;
    this.#process = new AgentProcess(this.#context);
    await this.#listen();
    this.#process.start(this.address, previous);
  }

  /** Leaves the cluster properly: the master removes the agent at once. */
  unregister(): void {
    this.#process.unregister();
  }

  /** Cuts the agent off: nothing passes to and from the master, and neither is told. */
  partition(): void {
    this.#process.link?.silence();
  }

  /** Ends a {@link partition}. An agent that became unreachable meanwhile registers again. */
  heal(): void {
    this.#process.heal();
  }

  /** Containers wait to start until the returned function is called. */
  holdLaunches(): () => void {
    let open = (): void => {};
    this.#launchGate = new Promise((resolve) => {
      open = resolve;
    });
    return () => open();
  }

  /** Sends a signal to the process of an executor alone; its children are spared. */
  killExecutor(frameworkId: string, executorId: string, signal: NodeJS.Signals = 'SIGKILL'): void {
    const executor = this.#executor(frameworkId, executorId);
    executor.process?.signalLeader(signal);
    executor.builtin?.crash(signal);
  }

  /** Ends an executor as a QoS controller has it done, to take revocable resources back. */
  preemptExecutor(frameworkId: string, executorId: string): void {
    this.#process.preempt(this.#executor(frameworkId, executorId));
  }

  /** Ends everything on the agent, without goodbyes. */
  async close(): Promise<void> {
    this.#process.destroyContainers();
    await this.kill();
  }

  #executor(frameworkId: string, executorId: string): ExecutorRecord {
    const executor = this.#process.executor(frameworkId, executorId);
    if (executor !== undefined) return executor;
    const what = `executor ${executorId} of framework ${frameworkId}`;
    throw new FiresteelError('INVALID_ARGUMENT', `${what} does not run on ${this.hostname}.`);
  }

  async #listen(): Promise<void> {
    this.#server = await HttpServer.listen(this.#host, this.#port, (request) =>
      this.#server === undefined
        ? textAnswer(404, '404 Not Found.')
        : answerAgentRequest(this.#process, request),
    );
    this.#port = this.#server.port;
  }
}
