import type { MasterEventFields } from '@firesteel/mesos-protocol';
import type { EventStream } from '../http/event-stream.js';
import type { Master } from './master.js';
import { frameworkMessage, operatorSnapshot } from './operator-messages.js';
import type { MasterFramework } from './records.js';

/** What a master tells those who subscribed to its operator API. */
export class OperatorEvents {
  readonly #master: Master;
  readonly #subscribers = new Set<EventStream<'master.Event'>>();

  constructor(master: Master) {
    this.#master = master;
  }

  /** Starts with all there is; the returned function is to be called when the stream is closed. */
  subscribe(stream: EventStream<'master.Event'>): () => void {
    const { timers, options } = this.#master;
    const { heartbeatIntervalMs } = options.timings;
    stream.send({
      type: 'SUBSCRIBED',
      subscribed: {
        get_state: operatorSnapshot(this.#master),
        heartbeat_interval_seconds: heartbeatIntervalMs / 1000,
      },
    });
    stream.send({ type: 'HEARTBEAT' });
    this.#subscribers.add(stream);
    const cancelHeartbeat = timers.every(heartbeatIntervalMs, () =>
      stream.send({ type: 'HEARTBEAT' }),
    );
    return () => {
      cancelHeartbeat();
      this.#subscribers.delete(stream);
    };
  }

  publish(event: MasterEventFields): void {
    for (const subscriber of this.#subscribers) subscriber.send(event);
  }

  publishFramework(
    type: 'FRAMEWORK_ADDED' | 'FRAMEWORK_UPDATED',
    framework: MasterFramework,
  ): void {
    const { offers: _, ...message } = frameworkMessage(this.#master, framework);
    const payload = { framework: { ...message, unregistered_time: { nanoseconds: 0n } } };
    this.publish(
      type === 'FRAMEWORK_ADDED'
        ? { type, framework_added: payload }
        : { type, framework_updated: payload },
    );
  }

  /** All connections break. */
  destroy(): void {
    for (const subscriber of this.#subscribers) subscriber.destroy();
  }
}
