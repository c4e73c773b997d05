import { type MessagePort, receiveMessageOnPort, threadId } from 'node:worker_threads';
import { setMirror } from '@firesteel/closure/executor';
import { setFilesDirectory, type TaskDescription } from '@firesteel/plan';
import type { SharedPartition } from '@firesteel/storage';
import { TaskKilled } from '../pipeline/running-task.js';
import { BarrierWaits } from './barrier-waits.js';
import type { FetchRequest, FetchResult } from './fetch-messages.js';
import type { ThreadCommand, ThreadReport, ThreadStart } from './messages.js';
import { runTask } from './task-runner.js';
import { ThreadState } from './thread-state.js';
import { ownStorage } from './thread-storage.js';

/** A task with the cached blocks of the process that it may read. */
interface QueuedTask {
  readonly task: TaskDescription;
  readonly lent: readonly SharedPartition[];
}

/** Reports wait this long for company: waking the driver costs more than the message. */
const REPORT_DELAY_MS = 2;
/** Of a list of tasks, before how many of its last ones nothing that is to be reported waits. */
const TOLD_AT_ONCE = 8;

/**
 * Begins the life of an executor thread: it takes commands from its port, runs one task after the
 * other, and reports. Returns at once with the id by which the pool finds the thread.
 */
export function threadMain(start: ThreadStart): number {
  new ExecutorThread(start).start();
  return threadId;
}

class ExecutorThread {
  private readonly port: MessagePort;
  private readonly urgent: Int32Array;
  private readonly state: ThreadState;
  private queue: QueuedTask[] = [];
  private reports: ThreadReport[] = [];
  private lastPostAt = 0;
  private postTimer: NodeJS.Timeout | undefined;
  private seenUrgent = 0;
  private runningTaskId = -1;
  private readonly killed = new Set<number>();
  /** Of the task that runs. */
  private killListeners: (() => void)[] = [];
  private isRunning = false;
  private readonly barriers: BarrierWaits;
  private fetchId = 0;
  private fetched: FetchResult | undefined;

  constructor(start: ThreadStart) {
    const { port, urgent, storage, files, maxBarrierMessageBytes, maxResultBytes } = start;
    setFilesDirectory(files.added);
    if (files.packages !== undefined) setMirror(files.packages);
    this.port = port;
    this.urgent = urgent;
    this.barriers = new BarrierWaits((report) => {
      this.reports.push(report);
      this.post();
    }, maxBarrierMessageBytes);
    const own = ownStorage(storage, (report) => this.report(report));
    this.state = new ThreadState(own, (requests) => this.fetch(requests), maxResultBytes);
  }

  start(): void {
    this.port.on('message', (commands: ThreadCommand[]) => {
      this.apply(commands);
      void this.work();
    });
  }

  private apply(commands: readonly ThreadCommand[]): void {
    for (const command of commands) {
      if (command.kind === 'tasks')
        command.tasks.forEach((task, i) => {
          this.queue.push({ task, lent: command.lent[i] ?? [] });
        });
      else if (command.kind === 'letGo') this.letGo();
      else if (command.kind === 'kill') this.kill(command.taskIds);
      else if (command.kind === 'barrierRelease') this.barriers.release(command);
      else if (command.kind === 'fetched') {
        // One that a killed task has waited for is of no use any more.
        if (command.fetchId === this.fetchId) this.fetched = command.result;
      } else this.state.apply(command);
    }
  }

  private kill(taskIds: readonly number[]): void {
    const ids = new Set(taskIds);
    if (ids.has(this.runningTaskId)) {
      this.killed.add(this.runningTaskId);
      this.barriers.abandon();
      for (const listener of this.killListeners) listener();
    }
    const dropped = this.queue.filter(({ task }) => ids.has(task.taskId));
    if (dropped.length === 0) return;
    this.queue = this.queue.filter(({ task }) => !ids.has(task.taskId));
    for (const { task } of dropped)
      this.reports.push({ kind: 'ended', taskId: task.taskId, outcome: { kind: 'killed' } });
    this.post();
  }

  private async work(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) {
      const { task, lent } = next;
      const { taskId } = task;
      this.runningTaskId = taskId;
      this.report({ kind: 'started', taskId });
      // Nobody knows how long this one takes, and what came before must not wait for it. Lists are
      // long only of tasks that have been very short.
      if (this.queue.length < TOLD_AT_ONCE) this.post();
      this.state.storage.blocks.beginTask(lent);
      const kill = {
        checkKilled: () => this.checkKilled(),
        onKilled: (listener: () => void) => this.killListeners.push(listener),
      };
      const outcome = await runTask(task, this.state, kill, (operation, message) =>
        this.barriers.wait(taskId, operation, message),
      );
      this.state.storage.blocks.endTask();
      this.runningTaskId = -1;
      this.killListeners = [];
      this.killed.delete(taskId);
      this.report({ kind: 'ended', taskId, outcome });
    }
    this.isRunning = false;
    this.state.broadcasts.dropRemoved();
    this.post();
  }

  /**
   * Blocks of other executors, which the main thread gets. The thread sleeps meanwhile, so that
   * reading a shuffle looks the same wherever its blocks lie.
   */
  private fetch(requests: readonly FetchRequest[]): FetchResult {
    const fetchId = ++this.fetchId;
    this.fetched = undefined;
    this.reports.push({ kind: 'fetch', fetchId, requests });
    this.post();
    while (this.fetched === undefined) {
      Atomics.wait(this.urgent, 0, this.seenUrgent);
      this.checkKilled();
    }
    return this.fetched;
  }

  /** A running task does not return to the event loop: it looks for urgent mail itself. */
  private checkKilled(): void {
    const urgent = Atomics.load(this.urgent, 0);
    if (urgent !== this.seenUrgent) {
      this.seenUrgent = urgent;
      for (
        let mail = receiveMessageOnPort(this.port);
        mail !== undefined;
        mail = receiveMessageOnPort(this.port)
      )
        this.apply(mail.message as ThreadCommand[]);
    }
    if (this.killed.has(this.runningTaskId)) throw new TaskKilled();
    this.state.storage.blocks.letGo();
    // Whoever waits for this task to start must not wait for its end.
    if (this.reports.length > 0) this.postWhenDue();
  }

  /** An idle thread tells at once what became of its blocks. */
  private letGo(): void {
    this.state.storage.blocks.letGo();
    if (!this.isRunning) this.post();
  }

  private report(report: ThreadReport): void {
    this.reports.push(report);
    this.postWhenDue();
  }

  /** The timer is for a task that waits, for a row or a command, and reports nothing more. */
  private postWhenDue(): void {
    if (performance.now() - this.lastPostAt >= REPORT_DELAY_MS) this.post();
    else this.postTimer ??= setTimeout(() => this.post(), REPORT_DELAY_MS);
  }

  private post(): void {
    clearTimeout(this.postTimer);
    this.postTimer = undefined;
    this.lastPostAt = performance.now();
    if (this.reports.length === 0) return;
    this.port.postMessage(this.reports);
    this.reports = [];
  }
}
