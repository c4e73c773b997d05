import { randomUUID } from 'node:crypto';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { KillPolicy, TaskInfo, TaskState, TaskStatus } from '@firesteel/mesos-protocol';
import type { Fetcher } from '../../containerizer/fetcher.js';
import { BuiltinExecutor, type BuiltinSurroundings, healthChanged } from './builtin-executor.js';
import { TaskRun } from './task-run.js';

/** Runs groups of tasks, each task in a nested sandbox; a task that fails takes its group along. */
export class DefaultExecutor extends BuiltinExecutor {
  readonly #fetcher: Fetcher;
  readonly #runs = new Map<string, { readonly run: TaskRun; readonly group: readonly string[] }>();
  /** The ids of the containers of all tasks there ever were. */
  readonly #containers = new Map<string, string>();
  #shuttingDown = false;
  #wasUsed = false;

  constructor(surroundings: BuiltinSurroundings, fetcher: Fetcher) {
    super(surroundings);
    this.#fetcher = fetcher;
  }

  get pid(): number | undefined {
    return [...this.#runs.values()][0]?.run.pid;
  }

  protected launch(tasks: readonly TaskInfo[]): void {
    this.#wasUsed = true;
    const group = tasks.map(({ task_id }) => task_id.value);
    for (const taskId of group) {
      this.#containers.set(taskId, randomUUID());
      this.#report(taskId, 'TASK_STARTING');
    }
    const sandboxes = tasks.map(({ task_id }) => this.#nestedSandbox(task_id.value));
    const fetching = tasks.map((task, i) =>
      this.#fetcher.fetch(task.command?.uris ?? [], sandboxes[i]!),
    );
    Promise.all(fetching).then(
      () => this.#start(tasks, sandboxes, group),
      (error: Error) => {
        for (const taskId of group) {
          this.#report(taskId, 'TASK_FAILED', {
            message: `Failed to launch container: ${error.message}`,
            reason: 'REASON_CONTAINER_LAUNCH_FAILED',
          });
        }
      },
    );
  }

  protected kill(taskId: string, policy: KillPolicy | undefined): void {
    const group = this.#runs.get(taskId)?.group ?? [];
    for (const member of group) this.#killOne(member, member === taskId ? policy : undefined);
  }

  protected shutdown(): void {
    this.#shuttingDown = true;
    for (const taskId of this.#runs.keys()) this.#killOne(taskId, undefined);
    if (this.#runs.size === 0) this.exit({ code: 0 });
  }

  protected allAcknowledged(): void {
    if (this.#wasUsed && this.#runs.size === 0) this.exit({ code: 0 });
  }

  protected killProcesses(): void {
    for (const { run } of this.#runs.values()) run.destroy();
  }

  #start(tasks: readonly TaskInfo[], sandboxes: readonly string[], group: readonly string[]): void {
    if (this.hasEnded) return;
    tasks.forEach((task, i) => {
      const taskId = task.task_id.value;
      const options = { ...this.surroundings, sandbox: sandboxes[i]! };
      const run = new TaskRun(task, {
        ...options,
        environment: { ...this.surroundings.environment, MESOS_SANDBOX: options.sandbox },
        healthFound: (healthy, isToDie) => {
          this.#report(taskId, 'TASK_RUNNING', { healthy, reason: healthChanged });
          if (isToDie) this.kill(taskId, undefined);
        },
      });
      this.#runs.set(taskId, { run, group });
      void run.ended.then(({ state, extra }) =>
        this.#ended(taskId, state !== 'TASK_FINISHED', () => this.#report(taskId, state, extra)),
      );
    });
    for (const taskId of group) this.#report(taskId, 'TASK_RUNNING');
    if (this.#shuttingDown) this.shutdown();
  }

  #ended(taskId: string, failed: boolean, report: () => void): void {
    const group = this.#runs.get(taskId)?.group ?? [];
    this.#runs.delete(taskId);
    report();
    if (failed) for (const member of group) this.#killOne(member, undefined);
    if (this.#shuttingDown && this.#runs.size === 0) setImmediate(() => this.exit({ code: 0 }));
  }

  #killOne(taskId: string, policy: KillPolicy | undefined): void {
    const run = this.#runs.get(taskId)?.run;
    if (run === undefined) return;
    if (!run.isKilled && this.announcesKilling) this.#report(taskId, 'TASK_KILLING');
    run.kill(policy);
  }

  /** An update that names the task's own container. */
  #report(
    taskId: string,
    state: TaskState,
    extra: Pick<TaskStatus, 'message' | 'reason' | 'healthy'> = {},
  ): void {
    const value = this.#containers.get(taskId)!;
    const parent = { value: this.surroundings.containerId };
    this.update(taskId, state, { ...extra, container_status: { container_id: { value, parent } } });
  }

  #nestedSandbox(taskId: string): string {
    const { sandbox } = this.surroundings;
    const nested = join(sandbox, 'containers', this.#containers.get(taskId)!);
    mkdirSync(nested, { recursive: true });
    mkdirSync(join(sandbox, 'tasks'), { recursive: true });
    symlinkSync(nested, join(sandbox, 'tasks', taskId));
    return nested;
  }
}
