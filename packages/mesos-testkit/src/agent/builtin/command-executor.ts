import type { KillPolicy, TaskInfo } from '@firesteel/mesos-protocol';
import { BuiltinExecutor, healthChanged } from './builtin-executor.js';
import { TaskRun } from './task-run.js';

/** Runs the command of one task, in the executor's own sandbox. */
export class CommandExecutor extends BuiltinExecutor {
  #run: TaskRun | undefined;
  #done = false;

  get pid(): number | undefined {
    return this.#run?.pid;
  }

  protected launch([task]: readonly TaskInfo[]): void {
    if (task === undefined) return;
    const taskId = task.task_id.value;
    this.update(taskId, 'TASK_STARTING');
    const run = new TaskRun(task, {
      ...this.surroundings,
      healthFound: (healthy, isToDie) => {
        this.update(taskId, 'TASK_RUNNING', { healthy, reason: healthChanged });
        if (isToDie) this.kill(taskId, undefined);
      },
    });
    this.#run = run;
    this.update(taskId, 'TASK_RUNNING');
    void run.ended.then(({ state, extra }) => {
      this.#done = true;
      this.update(taskId, state, extra);
    });
  }

  protected kill(taskId: string, policy: KillPolicy | undefined): void {
    const run = this.#run;
    if (run === undefined || this.#done || run.info.task_id.value !== taskId) return;
    if (!run.isKilled && this.announcesKilling) this.update(taskId, 'TASK_KILLING');
    run.kill(policy);
  }

  protected shutdown(): void {
    if (this.#run === undefined || this.#done) this.exit({ code: 0 });
    else {
      this.#run.kill();
      // Of a framework that was removed no update is acknowledged any more.
      void this.#run.ended.then(() => setImmediate(() => this.exit({ code: 0 })));
    }
  }

  protected allAcknowledged(): void {
    if (this.#done) this.exit({ code: 0 });
  }

  protected killProcesses(): void {
    this.#run?.destroy();
  }
}
