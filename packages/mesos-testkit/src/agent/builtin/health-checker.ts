import { request } from 'node:http';
import { connect } from 'node:net';
import type { CommandInfo, HealthCheck } from '@firesteel/mesos-protocol';
import type { Timers } from '../../clock.js';
import { SandboxProcess } from '../../containerizer/process.js';
import type { Reaper } from '../../containerizer/reaper.js';
import { variablesOf } from '../environment.js';

export interface HealthCheckerOptions {
  readonly check: HealthCheck;
  readonly sandbox: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly reaper: Reaper;
  readonly timers: Timers;
  /** What is found out anew; with `isToDie` it has been unhealthy too often. */
  readonly found: (healthy: boolean, isToDie: boolean) => void;
}

const host = '127.0.0.1';

/**
 * Looks after a task from its start until `stop`, with the defaults of Mesos. Times are on the
 * cluster's clock, but how long one check may take is real time, as commands and sockets are.
 */
export class HealthChecker {
  readonly #options: HealthCheckerOptions;
  readonly #startedMs: number;
  #cancel: () => void = () => {};
  #abort = new AbortController();
  #wasHealthy = false;
  #failures = 0;

  constructor(options: HealthCheckerOptions) {
    this.#options = options;
    this.#startedMs = options.timers.now();
    this.#schedule(options.check.delay_seconds ?? 15);
  }

  stop(): void {
    this.#cancel();
    this.#abort.abort();
  }

  #schedule(seconds: number): void {
    this.#cancel = this.#options.timers.after(seconds * 1_000, () => void this.#look());
  }

  async #look(): Promise<void> {
    const { check } = this.#options;
    const { interval_seconds = 10, timeout_seconds = 20 } = check;
    const stopped = this.#abort.signal;
    const signal =
      timeout_seconds > 0
        ? AbortSignal.any([stopped, AbortSignal.timeout(timeout_seconds * 1_000)])
        : stopped;
    const healthy = await this.#isHealthy(signal).catch(() => false);
    if (stopped.aborted) return;
    this.#schedule(interval_seconds);
    if (healthy) this.#succeeded();
    else this.#failed();
  }

  #succeeded(): void {
    const isNews = !this.#wasHealthy || this.#failures > 0;
    this.#wasHealthy = true;
    this.#failures = 0;
    if (isNews) this.#options.found(true, false);
  }

  #failed(): void {
    const { check, timers, found } = this.#options;
    const { grace_period_seconds: graceSeconds = 10, consecutive_failures = 3 } = check;
    const ageMs = timers.now() - this.#startedMs;
    if (!this.#wasHealthy && graceSeconds > 0 && ageMs <= graceSeconds * 1_000) return;
    this.#failures++;
    found(false, this.#failures >= consecutive_failures);
  }

  #isHealthy(signal: AbortSignal): Promise<boolean> {
    const { command, http, tcp } = this.#options.check;
    if (command !== undefined) return this.#succeeds(command, signal);
    if (http !== undefined) return answers(http, signal);
    return tcp === undefined ? Promise.resolve(false) : accepts(tcp.port, signal);
  }

  async #succeeds(command: CommandInfo, signal: AbortSignal): Promise<boolean> {
    const { sandbox, environment, reaper } = this.#options;
    const variables = { ...environment, ...variablesOf(command.environment) };
    const process = new SandboxProcess(command, sandbox, variables, reaper);
    const kill = (): void => process.signal('SIGKILL');
    signal.addEventListener('abort', kill, { once: true });
    const status = await process.exited;
    signal.removeEventListener('abort', kill);
    return 'code' in status && status.code === 0;
  }
}

function answers(
  { port, path = '', statuses = [] }: NonNullable<HealthCheck['http']>,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host, port, path: path || '/', signal, agent: false },
      (response) => {
        response.resume();
        const { statusCode: status = 0 } = response;
        resolve(statuses.length > 0 ? statuses.includes(status) : status >= 200 && status < 400);
      },
    );
    outgoing.once('error', reject);
    outgoing.end();
  });
}

function accepts(port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
