import type { MasterEventFields, TaskStatus } from '@firesteel/mesos-protocol';
import type { EventStream } from '../http/event-stream.js';
import type { Viewer } from '../validation/viewer.js';
import type { Master } from './master.js';
import { agentMessage, frameworkMessage, operatorSnapshot } from './operator-messages.js';
import type { MasterAgent, MasterFramework, MasterTask } from './records.js';

/** What a master tells those who subscribed to its operator API, as far as they may see it. */
export class OperatorEvents {
  readonly #master: Master;
  readonly #subscribers = new Map<EventStream<'master.Event'>, Viewer>();

  constructor(master: Master) {
    this.#master = master;
  }

  /** Starts with all there is; the returned function is to be called when the stream is closed. */
  subscribe(stream: EventStream<'master.Event'>, viewer: Viewer): () => void {
    const { timers, options } = this.#master;
    const { heartbeatIntervalMs } = options.timings;
    stream.send({
      type: 'SUBSCRIBED',
      subscribed: {
        get_state: operatorSnapshot(this.#master, viewer),
        heartbeat_interval_seconds: heartbeatIntervalMs / 1000,
      },
    });
    stream.send({ type: 'HEARTBEAT' });
    this.#subscribers.set(stream, viewer);
    const cancelHeartbeat = timers.every(heartbeatIntervalMs, () =>
      stream.send({ type: 'HEARTBEAT' }),
    );
    return () => {
      cancelHeartbeat();
      this.#subscribers.delete(stream);
    };
  }

  publishAgent(agent: MasterAgent): void {
    this.#publish((viewer) => ({
      type: 'AGENT_ADDED',
      agent_added: { agent: agentMessage(this.#master, agent, viewer) },
    }));
  }

  publishAgentRemoved({ id }: MasterAgent): void {
    this.#publish(() => ({ type: 'AGENT_REMOVED', agent_removed: { agent_id: { value: id } } }));
  }

  publishTask(framework: MasterFramework, task: MasterTask): void {
    const message = task.toMessage();
    this.#publish((viewer) =>
      viewer.task(framework.info, message)
        ? { type: 'TASK_ADDED', task_added: { task: message } }
        : undefined,
    );
  }

  publishStatus({ frameworkId, description }: MasterTask, status: TaskStatus): void {
    const { frameworks, completedFrameworks } = this.#master;
    const framework = frameworks.get(frameworkId) ?? completedFrameworks.get(frameworkId);
    const { framework_id } = description;
    this.#publish((viewer) =>
      framework !== undefined && viewer.task(framework.info, description)
        ? { type: 'TASK_UPDATED', task_updated: { framework_id, status, state: status.state } }
        : undefined,
    );
  }

  publishFramework(
    type: 'FRAMEWORK_ADDED' | 'FRAMEWORK_UPDATED',
    framework: MasterFramework,
  ): void {
    this.#publish((viewer) => {
      if (!viewer.framework(framework.info)) return undefined;
      const { offers: _, ...message } = frameworkMessage(this.#master, framework, viewer);
      const payload = { framework: { ...message, unregistered_time: { nanoseconds: 0n } } };
      return type === 'FRAMEWORK_ADDED'
        ? { type, framework_added: payload }
        : { type, framework_updated: payload };
    });
  }

  publishFrameworkRemoved({ info: framework_info }: MasterFramework): void {
    this.#publish((viewer) =>
      viewer.framework(framework_info)
        ? { type: 'FRAMEWORK_REMOVED', framework_removed: { framework_info } }
        : undefined,
    );
  }

  /** All connections break. */
  destroy(): void {
    for (const subscriber of this.#subscribers.keys()) subscriber.destroy();
  }

  /** @param eventFor what somebody is told; undefined for one who may not see it */
  #publish(eventFor: (viewer: Viewer) => MasterEventFields | undefined): void {
    for (const [subscriber, viewer] of this.#subscribers) {
      const event = eventFor(viewer);
      if (event !== undefined) subscriber.send(event);
    }
  }
}
