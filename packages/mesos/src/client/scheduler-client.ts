import { FiresteelError, invalidArgument } from '@firesteel/common';
import type {
  FrameworkInfo,
  SchedulerCall,
  SchedulerCallReconcileTask,
  SchedulerEvent,
  SchedulerEventSubscribed,
  TaskStatus,
} from '@firesteel/mesos-protocol';
import { type Clock, systemClock } from '../clock.js';
import type { MasterDetector } from '../detection/master-detector.js';
import { Backoff } from './backoff.js';
import type { ConnectionTimeouts, ConnectionTls } from './event-connection.js';
import { HeartbeatWatch } from './heartbeat-watch.js';
import { type Credential, MasterConnection } from './master-connection.js';
import type { MasterFailure } from './master-failure.js';
import { LeaderSearch, redirectTarget } from './masters.js';
import { Reconciler } from './reconciler.js';
import {
  asFiresteelError,
  callNotSent,
  errorOfMaster,
  failoverTimeoutOver,
  masterUnreachable,
} from './subscription-errors.js';
import { Suppression } from './suppression.js';

/** What a framework hears. What `onSubscribed` and `onEvent` throw ends the client. */
export interface SchedulerListener {
  /**
   * With each subscription, the first and every later one. All offers from before are void, and so
   * is whatever was sent but not confirmed.
   */
  readonly onSubscribed: (subscribed: SchedulerEventSubscribed) => void;
  /**
   * Every event but SUBSCRIBED, HEARTBEAT and ERROR. An update is acknowledged when this returns;
   * the same one may come several times.
   */
  readonly onEvent: (event: FrameworkEvent) => void;
  /** The connection is lost or was not made; the client goes on trying. */
  readonly onDisconnected: (why: string) => void;
  /** Once, for good: the client has given up and is closed. */
  readonly onFailed: (error: FiresteelError) => void;
}

export type FrameworkEvent = Exclude<
  SchedulerEvent,
  { readonly type: 'SUBSCRIBED' | 'HEARTBEAT' | 'ERROR' }
>;

/** Every call but SUBSCRIBE; the client adds the framework id. */
export type FrameworkCall = Exclude<SchedulerCall, { readonly type: 'SUBSCRIBE' }>;

export interface SchedulerClientOptions {
  /** `host:port` of one master or several, any of which leads to the leader; or who knows it. */
  readonly masters: readonly string[] | MasterDetector;
  /**
   * Needs `roles` and the capability MULTI_ROLE. `failover_timeout`, in seconds, is also how long
   * the client tries to come back: 0 or absent means that a lost connection is final, because the
   * master removes the framework at once. An `id` takes over the framework that has it.
   */
  readonly framework: FrameworkInfo;
  readonly credential?: Credential;
  /** To speak TLS with masters. */
  readonly tls?: ConnectionTls;
  /** Roles that get no offers at first. */
  readonly suppressedRoles?: readonly string[];
  readonly listener: SchedulerListener;
  /** The tasks taken to be alive, to be reconciled. */
  readonly tasks: () => readonly SchedulerCallReconcileTask[];
  /** How long the first subscription may take; default 30 s. */
  readonly registrationTimeoutMs?: number;
  /** Default 15 minutes. */
  readonly implicitReconciliationIntervalMs?: number;
  readonly timeouts?: ConnectionTimeouts;
  readonly clock?: Clock;
  /** As Math.random, for pauses. */
  readonly random?: () => number;
}

const defaultTimeouts: ConnectionTimeouts = { connectMs: 5_000, answerMs: 15_000 };
const defaultHeartbeatSeconds = 15;
const firstPauseMs = 500;
const maxPauseMs = 15_000;

/**
 * A framework's side of the Mesos v1 scheduler API. Finds the leading master, stays subscribed
 * while masters come and go, acknowledges updates and reconciles tasks.
 */
export class SchedulerClient {
  readonly #options: SchedulerClientOptions;
  readonly #listener: SchedulerListener;
  readonly #clock: Clock;
  readonly #detector: MasterDetector | undefined;
  /** Undefined while the detector knows of no leader. */
  #search: LeaderSearch | undefined;
  /** Counts what the detector has told: an attempt from before is of no use. */
  #leaders = 0;
  readonly #backoff: Backoff;
  readonly #suppression: Suppression;
  readonly #reconciler: Reconciler;
  readonly #heartbeats: HeartbeatWatch;
  #framework: FrameworkInfo;
  #connection: MasterConnection | undefined;
  /** True from SUBSCRIBED to the end of the connection. */
  #subscribed = false;
  #closed = false;
  #lastReason = 'no master has answered yet';
  #cancelPause = (): void => {};
  /** Ends the attempts to subscribe. */
  #cancelDeadline = (): void => {};

  /** Does nothing before {@link start}. Throws INVALID_ARGUMENT. */
  constructor(options: SchedulerClientOptions) {
    const { masters, framework, credential, clock = systemClock, random = Math.random } = options;
    const isDetector = 'start' in masters;
    if (!isDetector && masters.length === 0)
      throw invalidArgument('masters', 'at least one master', masters);
    if (credential !== undefined && /:/.test(credential.principal + credential.secret)) {
      throw new FiresteelError(
        'INVALID_ARGUMENT',
        'Neither mesos.principal nor mesos.secret may contain a colon: masters cannot tell the two apart then.',
      );
    }
    this.#options = options;
    this.#listener = options.listener;
    this.#framework = framework;
    this.#clock = clock;
    this.#detector = isDetector ? masters : undefined;
    this.#search = isDetector ? undefined : new LeaderSearch(masters);
    this.#backoff = new Backoff(firstPauseMs, maxPauseMs, random);
    this.#heartbeats = new HeartbeatWatch(clock, (silentMs) => {
      const connection = this.#connection;
      this.#lost(connection, `${connection?.master} has been silent for ${silentMs} ms`);
    });
    this.#suppression = new Suppression(framework.roles ?? [], options.suppressedRoles ?? []);
    this.#reconciler = new Reconciler({
      clock,
      random,
      tasks: options.tasks,
      reconcile: (tasks) => this.#sendOwn({ type: 'RECONCILE', reconcile: { tasks } }),
      implicitIntervalMs: options.implicitReconciliationIntervalMs ?? 15 * 60_000,
    });
  }

  /** Begins to subscribe; what comes of it, the listener hears. To be called once. */
  start(): void {
    const { registrationTimeoutMs = 30_000 } = this.#options;
    this.#setDeadline(registrationTimeoutMs, (why) =>
      masterUnreachable(this.#options.masters, registrationTimeoutMs, why),
    );
    if (this.#detector === undefined) {
      void this.#subscribe();
      return;
    }
    this.#detector.start({
      onLeader: (address) => this.#led(new LeaderSearch([address]), `${address} leads now`),
      onNoLeader: (why) => this.#led(undefined, why),
      onFailed: (error) => this.#fail(error),
    });
  }

  /** Given by the master with the first subscription. */
  get frameworkId(): string | undefined {
    return this.#framework.id?.value;
  }

  /** `host:port` of the master that the framework is subscribed with; undefined while it is not. */
  get master(): string | undefined {
    return this.#subscribed ? this.#connection?.master : undefined;
  }

  /**
   * Sends a call. Resolves when the master has it in its queue: what it does about it, events tell.
   * Calls arrive in the order in which they were made.
   * @throws MESOS_DISCONNECTED if no master is connected, or the connection ends before the answer
   * (the call may have arrived); MESOS_CALL_REFUSED or MESOS_UNAUTHORIZED as the master answers;
   * MESOS_MESSAGE_INVALID if the call breaks the schema
   */
  async call(call: FrameworkCall): Promise<void> {
    const connection = this.#connection;
    if (!this.#subscribed || connection === undefined)
      throw callNotSent(call.type, this.#lastReason);
    this.#suppression.follow(call);
    const failure = await connection.send({ ...call, framework_id: this.#framework.id });
    if (failure === undefined) return;
    if (failure.kind === 'refused') throw failure.error;
    this.#lost(connection, whyOf(failure));
    throw callNotSent(call.type, this.#lastReason);
  }

  /**
   * Ends the framework, and the client as {@link close} does: the master kills its tasks and forgets
   * its id. Resolves as well if the connection ends before the answer: masters may close the stream
   * first, and if the call was lost, the failover timeout ends the framework.
   * @throws as {@link call} otherwise
   */
  async teardown(): Promise<void> {
    const connection = this.#subscribed ? this.#connection : undefined;
    if (connection === undefined) throw callNotSent('TEARDOWN', this.#lastReason);
    // From now on the end of the stream is no loss.
    this.#closed = true;
    const framework_id = this.#framework.id;
    const failure = await connection.send({ type: 'TEARDOWN', framework_id });
    this.close();
    if (failure?.kind === 'refused') throw failure.error;
  }

  /** Drops the connection and falls silent. The framework lives on until its failover timeout. */
  close(): void {
    this.#closed = true;
    this.#detector?.close();
    this.#disconnect();
    this.#cancelPause();
    this.#cancelDeadline();
  }

  /** The detector has news: whoever was asked or listened to until now is left. */
  #led(search: LeaderSearch | undefined, why: string): void {
    this.#leaders++;
    this.#search = search;
    this.#cancelPause();
    if (this.#connection === undefined) this.#lastReason = why;
    else this.#leave(why);
    if (this.#closed) return;
    if (search === undefined) this.#listener.onDisconnected(why);
    else void this.#subscribe();
  }

  async #subscribe(): Promise<void> {
    const search = this.#search;
    if (search === undefined) return;
    const leaders = this.#leaders;
    const { credential, tls, timeouts = defaultTimeouts } = this.#options;
    const { id } = this.#framework;
    const suppressed_roles = this.#suppression.suppressedRoles;
    const call: SchedulerCall = {
      type: 'SUBSCRIBE',
      ...(id && { framework_id: id }),
      subscribe: { framework_info: this.#framework, suppressed_roles },
    };
    try {
      const opened = await MasterConnection.open(
        search.target,
        call,
        { timeouts, ...(credential && { credential }), ...(tls && { tls }) },
        // No event can come before `#connection` is set: it is set in the same turn.
        {
          onEvent: (event) => this.#onEvent(event),
          onEnd: (why) => this.#lost(this.#connection, why),
        },
      );
      if (opened instanceof MasterConnection) {
        if (this.#closed || leaders !== this.#leaders) opened.close();
        else {
          this.#connection = opened;
          this.#heartbeats.start(defaultHeartbeatSeconds);
        }
      } else if (!this.#closed && leaders === this.#leaders) this.#notOpened(opened, search);
    } catch (error) {
      this.#fail(asFiresteelError(error));
    }
  }

  #notOpened(failure: MasterFailure, search: LeaderSearch): void {
    if (failure.kind === 'refused') {
      this.#fail(failure.error);
      return;
    }
    this.#lastReason = whyOf(failure);
    const target = failure.kind === 'redirected' ? redirectTarget(failure.location) : undefined;
    const another = target === undefined ? search.failed() : search.redirected(target);
    if (another) void this.#subscribe();
    else {
      this.#listener.onDisconnected(this.#lastReason);
      this.#subscribeLater();
    }
  }

  #subscribeLater(): void {
    if (this.#closed) return;
    this.#cancelPause = this.#clock.setTimer(this.#backoff.nextMs(), () => void this.#subscribe());
  }

  #onEvent(event: SchedulerEvent): void {
    this.#heartbeats.heard();
    try {
      if (event.type === 'SUBSCRIBED') this.#onSubscribed(event.subscribed);
      else if (event.type === 'ERROR') this.#failAs(event.error.message);
      else if (event.type !== 'HEARTBEAT') {
        this.#listener.onEvent(event);
        if (event.type === 'UPDATE') this.#onUpdated(event.update.status);
      }
    } catch (error) {
      this.#fail(asFiresteelError(error));
    }
  }

  #onSubscribed(subscribed: SchedulerEventSubscribed): void {
    this.#cancelDeadline();
    this.#backoff.reset();
    this.#search?.found();
    this.#framework = { ...this.#framework, id: subscribed.framework_id };
    this.#subscribed = true;
    this.#heartbeats.start(subscribed.heartbeat_interval_seconds ?? defaultHeartbeatSeconds);
    this.#listener.onSubscribed(subscribed);
    if (this.#subscribed) this.#reconciler.start();
  }

  #onUpdated(status: TaskStatus): void {
    this.#reconciler.updated(status);
    const { uuid, agent_id, task_id } = status;
    if (uuid === undefined || agent_id === undefined) return;
    this.#sendOwn({ type: 'ACKNOWLEDGE', acknowledge: { agent_id, task_id, uuid } });
  }

  /** A call that nobody waits for: if it is lost with its connection, the next one makes up for it. */
  #sendOwn(call: FrameworkCall): void {
    this.call(call).catch((error) => {
      if (!FiresteelError.is(error, 'MESOS_DISCONNECTED')) this.#fail(asFiresteelError(error));
    });
  }

  /** Ignored for a connection that was replaced or dropped before. */
  #lost(connection: MasterConnection | undefined, why: string): void {
    if (this.#closed || connection === undefined || connection !== this.#connection) return;
    this.#leave(why);
    if (this.#closed) return;
    this.#listener.onDisconnected(why);
    this.#subscribeLater();
  }

  /** Ends the connection; the failover timeout begins if the framework was subscribed. */
  #leave(why: string): void {
    const wasSubscribed = this.#subscribed;
    this.#disconnect();
    this.#lastReason = why;
    if (wasSubscribed) {
      const failoverMs = (this.#framework.failover_timeout ?? 0) * 1_000;
      if (failoverMs <= 0) {
        this.#fail(failoverTimeoutOver(failoverMs, why));
        return;
      }
      this.#setDeadline(failoverMs, (reason) => failoverTimeoutOver(failoverMs, reason));
    }
  }

  #disconnect(): void {
    this.#subscribed = false;
    this.#connection?.close();
    this.#connection = undefined;
    this.#heartbeats.stop();
    this.#reconciler.stop();
  }

  #setDeadline(afterMs: number, errorFor: (lastReason: string) => FiresteelError): void {
    // Longer timers than Node can hold are as good as none.
    this.#cancelDeadline = this.#clock.setTimer(Math.min(afterMs, 2 ** 31 - 1), () => {
      this.#fail(errorFor(this.#lastReason));
    });
  }

  #fail(error: FiresteelError): void {
    if (this.#closed) return;
    this.close();
    this.#listener.onFailed(error);
  }

  /** The master has said why. */
  #failAs(message: string): void {
    const framework = { name: this.#framework.name, id: this.frameworkId };
    this.#fail(errorOfMaster(message, framework, this.#subscribed));
  }
}

function whyOf(failure: Exclude<MasterFailure, { kind: 'refused' }>): string {
  return failure.kind === 'redirected' ? `another master leads: ${failure.location}` : failure.why;
}
