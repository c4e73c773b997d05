import type { FiresteelError } from '@firesteel/common';
import type {
  FrameworkInfo,
  Offer,
  SchedulerCallReconcileTask,
  TaskInfo,
  TaskStatus,
} from '@firesteel/mesos-protocol';
import {
  type FrameworkEvent,
  SchedulerClient,
  type SchedulerClientOptions,
} from '../client/scheduler-client.js';

type Heard =
  | { readonly type: 'subscribed'; readonly frameworkId: string }
  | { readonly type: 'disconnected'; readonly why: string }
  | { readonly type: 'failed'; readonly error: FiresteelError }
  | { readonly type: 'event'; readonly event: FrameworkEvent };

/** A client with a listener that keeps everything, to be waited for. */
export class TestFramework {
  readonly client: SchedulerClient;
  readonly tasks: SchedulerCallReconcileTask[] = [];
  readonly #heard: Heard[] = [];
  #taken = 0;
  #wake = (): void => {};

  constructor(
    options: Partial<SchedulerClientOptions> & Pick<SchedulerClientOptions, 'masters'>,
    info: Partial<FrameworkInfo> = {},
  ) {
    const hear = (heard: Heard): void => {
      this.#heard.push(heard);
      this.#wake();
    };
    this.client = new SchedulerClient({
      framework: {
        user: 'nobody',
        name: 'test',
        roles: ['*'],
        failover_timeout: 60,
        capabilities: [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }],
        ...info,
      },
      tasks: () => this.tasks,
      random: () => 0,
      listener: {
        onSubscribed: ({ framework_id }) =>
          hear({ type: 'subscribed', frameworkId: framework_id.value }),
        onEvent: (event) => hear({ type: 'event', event }),
        onDisconnected: (why) => hear({ type: 'disconnected', why }),
        onFailed: (error) => hear({ type: 'failed', error }),
      },
      ...options,
    });
    this.client.start();
  }

  async subscribed(): Promise<string> {
    return (await this.#next('subscribed')).frameworkId;
  }

  async disconnected(): Promise<string> {
    return (await this.#next('disconnected')).why;
  }

  async failed(): Promise<FiresteelError> {
    return (await this.#next('failed')).error;
  }

  async offer(): Promise<Offer> {
    for (;;) {
      const { event } = await this.#next('event');
      if (event.type === 'OFFERS') return event.offers.offers![0]!;
    }
  }

  async update(): Promise<TaskStatus> {
    for (;;) {
      const { event } = await this.#next('event');
      if (event.type === 'UPDATE') return event.update.status;
    }
  }

  async launch(offer: Offer, id: string, command: string): Promise<void> {
    const task: TaskInfo = {
      name: id,
      task_id: { value: id },
      agent_id: offer.agent_id,
      command: { value: command },
      resources: [
        { name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 } },
        { name: 'mem', type: 'SCALAR', scalar: { value: 32 } },
      ],
    };
    this.tasks.push({ task_id: task.task_id, agent_id: offer.agent_id });
    await this.client.call({
      type: 'ACCEPT',
      accept: {
        offer_ids: [offer.id],
        operations: [{ type: 'LAUNCH', launch: { task_infos: [task] } }],
      },
    });
  }

  [Symbol.dispose](): void {
    this.client.close();
  }

  /** The next of its type; others that came before are passed over. A failure ends every wait. */
  async #next<T extends Heard['type']>(type: T): Promise<Extract<Heard, { type: T }>> {
    for (;;) {
      while (this.#taken < this.#heard.length) {
        const heard = this.#heard[this.#taken++]!;
        if (heard.type === type) return heard as Extract<Heard, { type: T }>;
        if (heard.type === 'failed') throw heard.error;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
