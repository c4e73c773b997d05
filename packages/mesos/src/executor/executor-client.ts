import { randomUUID } from 'node:crypto';
import {
  completeMessage,
  decodeProtobuf,
  type ExecutorCall,
  type ExecutorEvent,
  type ExecutorEventSubscribed,
  encodeProtobuf,
  type TaskInfo,
  type TaskState,
  type TaskStatus,
} from '@firesteel/mesos-protocol';
import { type EventApi, EventConnection, type Rejection } from '../client/event-connection.js';
import { type Clock, systemClock } from '../clock.js';
import type { ExecutorEnvironment } from './executor-environment.js';

/** What an executor hears from its agent. */
export interface ExecutorListener {
  /** With each subscription, the first and every later one. */
  readonly onSubscribed: (subscribed: ExecutorEventSubscribed) => void;
  /** Once for each task. */
  readonly onLaunch: (task: TaskInfo) => void;
  /** Maybe several times, and maybe for a task that has ended. */
  readonly onKill: (taskId: string) => void;
  /** The executor has to end within its grace period. */
  readonly onShutdown: () => void;
  /** Once, for good: the agent is gone, or knows this executor no more. */
  readonly onLost: (why: string) => void;
}

export interface ExecutorClientOptions {
  readonly environment: ExecutorEnvironment;
  readonly listener: ExecutorListener;
  readonly clock?: Clock;
  /** As Math.random, for pauses. */
  readonly random?: () => number;
}

const timeouts = { connectMs: 5_000, answerMs: 15_000 };
/** An agent that is starting says so; its other answers do not change by asking again. */
const startingStatuses: readonly number[] = [404, 503];
/** Well before the agent's own timeout, by default a minute: what it ends could not say why. */
const firstSubscription = { timeoutMs: 30_000, maxBackoffMs: 1_000 };

const executorApi: EventApi<ExecutorCall, ExecutorEvent> = {
  path: '/api/v1/executor',
  encode: (call) => encodeProtobuf('executor.Call', call),
  decode: (record) => completeMessage('executor.Event', decodeProtobuf('executor.Event', record)),
};

/**
 * An executor's side of the Mesos v1 executor API. Stays subscribed while its agent restarts, if it
 * may, and keeps every update until the agent has it (mesos: docs/executor-http-api.md).
 */
export class ExecutorClient {
  readonly #environment: ExecutorEnvironment;
  readonly #listener: ExecutorListener;
  readonly #clock: Clock;
  readonly #random: () => number;
  #connection: EventConnection<ExecutorCall, ExecutorEvent> | undefined;
  #hasSubscribed = false;
  #closed = false;
  /** Tasks of which the agent has confirmed no update yet, in the order of their launch. */
  readonly #tasks = new Map<string, TaskInfo>();
  /** Updates that the agent has not confirmed, by the text of their uuid, the oldest first. */
  readonly #updates = new Map<string, TaskStatus>();
  #flushed = (): void => {};
  #cancelPause = (): void => {};
  #cancelDeadline: (() => void) | undefined;
  #lastReason = 'the agent has not answered yet';

  constructor({ environment, listener, clock, random }: ExecutorClientOptions) {
    this.#environment = environment;
    this.#listener = listener;
    this.#clock = clock ?? systemClock;
    this.#random = random ?? Math.random;
  }

  /** Begins to subscribe. To be called once. */
  start(): void {
    this.#giveUpAfter(firstSubscription.timeoutMs);
    void this.#subscribe();
  }

  /** Tells what has become of a task; those of one task arrive in the order of the calls. */
  update(taskId: string, state: TaskState, message?: string): void {
    if (this.#closed) return;
    const status: TaskStatus = {
      task_id: { value: taskId },
      state,
      source: 'SOURCE_EXECUTOR',
      executor_id: { value: this.#environment.executorId },
      uuid: uuidBytes(),
      timestamp: this.#clock.now() / 1_000,
      ...(message !== undefined && { message }),
    };
    this.#updates.set(keyOf(status.uuid), status);
    // Without a connection it goes out with the next subscription.
    if (this.#hasSubscribed) void this.#send(status);
  }

  /** Resolves when the agent has all updates, or after `timeoutMs`. */
  async flush(timeoutMs: number): Promise<void> {
    if (this.#updates.size === 0 || this.#closed) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.setTimer(timeoutMs, resolve);
      this.#flushed = () => {
        cancel();
        resolve();
      };
    });
  }

  /** Drops the connection and falls silent. */
  close(): void {
    this.#closed = true;
    this.#connection?.close();
    this.#connection = undefined;
    this.#cancelPause();
    this.#cancelDeadline?.();
    this.#flushed();
  }

  get #ids() {
    const { executorId, frameworkId } = this.#environment;
    return { executor_id: { value: executorId }, framework_id: { value: frameworkId } };
  }

  async #subscribe(): Promise<void> {
    const { agent, token } = this.#environment;
    const opened = await EventConnection.open(
      executorApi,
      {
        address: agent,
        timeouts,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      {
        ...this.#ids,
        type: 'SUBSCRIBE',
        subscribe: {
          unacknowledged_tasks: [...this.#tasks.values()],
          unacknowledged_updates: [...this.#updates.values()].map((status) => ({ status })),
        },
      },
      {
        onEvent: (event) => this.#onEvent(event),
        onEnd: (why) => this.#disconnected(why),
      },
    );
    if (opened instanceof EventConnection) {
      if (this.#closed) opened.close();
      else this.#connection = opened;
    } else if (!this.#closed) this.#rejected(opened);
  }

  #rejected(rejection: Rejection): void {
    this.#lastReason = whyOf(rejection);
    const isHopeless =
      rejection.kind === 'answered' && !startingStatuses.includes(rejection.status);
    if (isHopeless) this.#lost(this.#lastReason);
    else this.#subscribeLater();
  }

  /** The connection ended, or the agent has not taken a call. */
  #disconnected(why: string): void {
    if (this.#closed || this.#connection === undefined) return;
    this.#connection.close();
    this.#connection = undefined;
    this.#lastReason = why;
    const { recovery } = this.#environment;
    if (recovery === undefined) {
      this.#lost(`${why}; without mesos.checkpoint an executor does not outlive its agent`);
      return;
    }
    this.#giveUpAfter(recovery.timeoutMs);
    this.#subscribeLater();
  }

  #subscribeLater(): void {
    const { maxBackoffMs } = this.#environment.recovery ?? firstSubscription;
    const pauseMs = this.#random() * maxBackoffMs;
    this.#cancelPause = this.#clock.setTimer(pauseMs, () => void this.#subscribe());
  }

  #giveUpAfter(timeoutMs: number): void {
    this.#cancelDeadline ??= this.#clock.setTimer(timeoutMs, () => this.#lost(this.#lastReason));
  }

  #lost(why: string): void {
    if (this.#closed) return;
    this.close();
    this.#listener.onLost(why);
  }

  #onEvent(event: ExecutorEvent): void {
    switch (event.type) {
      case 'SUBSCRIBED':
        this.#hasSubscribed = true;
        this.#cancelDeadline?.();
        this.#cancelDeadline = undefined;
        this.#listener.onSubscribed(event.subscribed);
        break;
      case 'LAUNCH':
        this.#launched(event.launch.task);
        break;
      case 'LAUNCH_GROUP':
        for (const task of event.launch_group.task_group.tasks ?? []) this.#launched(task);
        break;
      case 'KILL':
        this.#listener.onKill(event.kill.task_id.value);
        break;
      case 'ACKNOWLEDGED':
        this.#acknowledged(event.acknowledged.task_id.value, event.acknowledged.uuid);
        break;
      case 'SHUTDOWN':
        this.#listener.onShutdown();
        break;
      case 'ERROR':
        this.#lost(event.error.message);
    }
  }

  #launched(task: TaskInfo): void {
    this.#tasks.set(task.task_id.value, task);
    this.#listener.onLaunch(task);
  }

  #acknowledged(taskId: string, uuid: Uint8Array): void {
    this.#tasks.delete(taskId);
    this.#updates.delete(keyOf(uuid));
    if (this.#updates.size === 0) this.#flushed();
  }

  async #send(status: TaskStatus): Promise<void> {
    const connection = this.#connection;
    const call: ExecutorCall = { ...this.#ids, type: 'UPDATE', update: { status } };
    const rejection = await connection?.send(call);
    // The update is repeated with the next subscription.
    if (rejection !== undefined && connection === this.#connection)
      this.#disconnected(whyOf(rejection));
  }
}

/** A version 4 UUID: an agent refuses an update with any other 16 bytes. */
const uuidBytes = (): Uint8Array => Buffer.from(randomUUID().replaceAll('-', ''), 'hex');

const keyOf = (uuid: Uint8Array | undefined): string => Buffer.from(uuid ?? []).toString('hex');

function whyOf(rejection: Rejection): string {
  return rejection.kind === 'unreachable'
    ? rejection.why
    : `the agent answers ${rejection.status}: ${rejection.text || 'no reason given'}`;
}
