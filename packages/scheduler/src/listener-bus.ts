import { didYouMean, FiresteelError } from '@firesteel/common';
import { type SchedulerEvent, type SchedulerEventKind, schedulerEventKinds } from './events.js';

type EventOf<K extends SchedulerEventKind> = Extract<SchedulerEvent, { kind: K }>;
type Listener = (event: SchedulerEvent) => unknown;

/**
 * Hands events to listeners, in order, after the code that posted them has finished: a listener
 * may call back into the context, and a slow or throwing one cannot break the scheduler. The first
 * failure of each listener is reported as a process warning; it stays subscribed.
 */
export class ListenerBus {
  readonly #listeners = new Map<SchedulerEventKind, Set<Listener>>();
  /** Of those who want all kinds. */
  readonly #listenersOfAll = new Set<Listener>();
  readonly #reported = new WeakSet<object>();
  #queue: SchedulerEvent[] = [];
  #scheduled = false;

  /**
   * Subscribes to one kind of event; the returned function unsubscribes.
   * @throws FiresteelError INVALID_ARGUMENT if there is no such kind, where no type checker has told
   */
  on<K extends SchedulerEventKind>(kind: K, listener: (event: EventOf<K>) => void): () => void {
    if (!schedulerEventKinds.has(kind))
      throw new FiresteelError(
        'INVALID_ARGUMENT',
        `There are no events of the kind ${JSON.stringify(kind)}.${didYouMean(kind, schedulerEventKinds)} All kinds: ${[...schedulerEventKinds].join(', ')}.`,
      );
    // Wrapped, so that the same function subscribed twice is two subscriptions.
    const entry: Listener = (event) => listener(event as EventOf<K>);
    let listeners = this.#listeners.get(kind);
    if (listeners === undefined) {
      listeners = new Set();
      this.#listeners.set(kind, listeners);
    }
    listeners.add(entry);
    return () => listeners.delete(entry);
  }

  /** Subscribes to events of all kinds; the returned function unsubscribes. */
  onAny(listener: (event: SchedulerEvent) => void): () => void {
    const entry: Listener = (event) => listener(event);
    this.#listenersOfAll.add(entry);
    return () => this.#listenersOfAll.delete(entry);
  }

  /** Queues an event; costs next to nothing when nobody listens. */
  post(event: SchedulerEvent): void {
    const interested = this.#listeners.get(event.kind)?.size ?? 0;
    if (interested + this.#listenersOfAll.size === 0) return;
    this.#queue.push(event);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.flush());
  }

  /** Delivers everything that was posted so far, now. */
  flush(): void {
    this.#scheduled = false;
    while (this.#queue.length > 0) {
      const events = this.#queue;
      this.#queue = [];
      for (const event of events) this.#deliver(event);
    }
  }

  #deliver(event: SchedulerEvent): void {
    for (const listener of this.#listeners.get(event.kind) ?? []) this.#call(listener, event);
    for (const listener of this.#listenersOfAll) this.#call(listener, event);
  }

  #call(listener: Listener, event: SchedulerEvent): void {
    try {
      const returned = listener(event);
      if (returned instanceof Promise) {
        returned.catch((error: unknown) => this.#report(listener, event.kind, error));
      }
    } catch (error) {
      this.#report(listener, event.kind, error);
    }
  }

  #report(listener: Listener, kind: SchedulerEventKind, error: unknown): void {
    if (this.#reported.has(listener)) return;
    this.#reported.add(listener);
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.emitWarning(
      `A listener for '${kind}' events threw; its further errors are not shown. ${what}`,
      { type: 'FiresteelListenerWarning' },
    );
  }
}
