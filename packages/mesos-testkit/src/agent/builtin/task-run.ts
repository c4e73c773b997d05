import type { KillPolicy, TaskInfo, TaskState, TaskStatus } from '@firesteel/mesos-protocol';
import type { Timers } from '../../clock.js';
import { type ExitStatus, SandboxProcess } from '../../containerizer/process.js';
import type { Reaper } from '../../containerizer/reaper.js';
import { durationMs } from '../../messages.js';
import { variablesOf } from '../environment.js';
import { HealthChecker } from './health-checker.js';

/** How a task ended, in the words of Mesos's executors. */
export interface TaskEnd {
  readonly state: TaskState;
  readonly extra: Pick<TaskStatus, 'message' | 'reason' | 'healthy'>;
}

export interface TaskRunOptions {
  readonly sandbox: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly reaper: Reaper;
  readonly timers: Timers;
  readonly killGracePeriodMs: number;
  /** Of a task with a health check: what is found out anew, and whether it has to be killed. */
  readonly healthFound: (healthy: boolean, isToDie: boolean) => void;
}

/** The process of one task, with the ways to end it. */
export class TaskRun {
  readonly info: TaskInfo;
  readonly ended: Promise<TaskEnd>;
  readonly #process: SandboxProcess;
  readonly #options: TaskRunOptions;
  readonly #health: HealthChecker | undefined;
  #killed = false;
  #isUnhealthy = false;
  #timedOut = false;
  /** When SIGKILL is due, on the clock; only ever moved forward. */
  #killAtMs = Number.POSITIVE_INFINITY;
  #cancelKill: () => void = () => {};

  constructor(info: TaskInfo, options: TaskRunOptions) {
    this.info = info;
    this.#options = options;
    const role = info.resources?.[0]?.allocation_info?.role;
    const environment = {
      ...options.environment,
      ...(role !== undefined && { MESOS_ALLOCATION_ROLE: role }),
      ...variablesOf(info.command?.environment),
    };
    this.#process = new SandboxProcess(
      info.command ?? {},
      options.sandbox,
      environment,
      options.reaper,
    );
    const { health_check: check } = info;
    this.#health =
      check &&
      new HealthChecker({
        ...options,
        check,
        environment,
        found: (healthy, isToDie) => {
          if (isToDie) this.#isUnhealthy = true;
          options.healthFound(healthy, isToDie);
        },
      });
    const limitMs = durationMs(info.max_completion_time);
    const cancelLimit =
      limitMs === undefined
        ? () => {}
        : options.timers.after(limitMs, () => {
            this.#timedOut = true;
            this.#terminate(durationMs(info.kill_policy?.grace_period));
          });
    this.ended = this.#process.exited.then((status) => {
      this.#health?.stop();
      cancelLimit();
      this.#cancelKill();
      return this.#end(status);
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get isKilled(): boolean {
    return this.#killed;
  }

  /** SIGTERM, and SIGKILL after the grace period; a further kill can only bring that forward. */
  kill(policy?: KillPolicy): void {
    this.#killed = true;
    this.#health?.stop();
    const ownMs = durationMs(this.info.kill_policy?.grace_period);
    this.#terminate(durationMs(policy?.grace_period) ?? ownMs);
  }

  destroy(): void {
    this.#process.signal('SIGKILL');
  }

  #terminate(graceMs = this.#options.killGracePeriodMs): void {
    const { timers } = this.#options;
    if (this.#killAtMs === Number.POSITIVE_INFINITY) this.#process.signal('SIGTERM');
    const dueMs = timers.now() + graceMs;
    if (dueMs >= this.#killAtMs) return;
    this.#killAtMs = dueMs;
    this.#cancelKill();
    this.#cancelKill = timers.after(graceMs, () => this.#process.signal('SIGKILL'));
  }

  #end(status: ExitStatus): TaskEnd {
    const message =
      'code' in status
        ? `Command exited with status ${status.code}`
        : `Command terminated with signal ${signalText(status.signal)}`;
    if (this.#timedOut) {
      return {
        state: 'TASK_FAILED',
        extra: { message, reason: 'REASON_MAX_COMPLETION_TIME_REACHED' },
      };
    }
    if (this.#killed) {
      const healthy = this.#isUnhealthy ? { healthy: false } : {};
      return { state: 'TASK_KILLED', extra: { message, ...healthy } };
    }
    const finished = 'code' in status && status.code === 0;
    return { state: finished ? 'TASK_FINISHED' : 'TASK_FAILED', extra: { message } };
  }
}

const signalTexts: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGHUP: 'Hangup',
  SIGINT: 'Interrupt',
  SIGQUIT: 'Quit',
  SIGILL: 'Illegal instruction',
  SIGABRT: 'Aborted',
  SIGBUS: 'Bus error',
  SIGFPE: 'Floating point exception',
  SIGKILL: 'Killed',
  SIGUSR1: 'User defined signal 1',
  SIGSEGV: 'Segmentation fault',
  SIGUSR2: 'User defined signal 2',
  SIGPIPE: 'Broken pipe',
  SIGALRM: 'Alarm clock',
  SIGTERM: 'Terminated',
};

const signalText = (signal: NodeJS.Signals): string => signalTexts[signal] ?? signal;
