import {
  encodeBody,
  type FrameworkInfo,
  type MediaType,
  mediaTypes,
  type Offer,
  type OfferOperation,
  type SchedulerCall,
  type SchedulerEventFields,
  type TaskInfo,
  type TaskStatus,
} from '@firesteel/mesos-protocol';
import { type RawResponse, RawStream, sendCall } from './raw-http.js';

const path = '/api/v1/scheduler';

const capabilities: FrameworkInfo['capabilities'] = [
  { type: 'PARTITION_AWARE' },
  { type: 'MULTI_ROLE' },
  { type: 'TASK_KILLING_STATE' },
];

export interface RawSchedulerOptions {
  readonly info?: Partial<FrameworkInfo>;
  readonly suppressedRoles?: readonly string[];
  readonly mediaType?: MediaType;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A scheduler without any cleverness: it sends calls and shows events. */
export class RawScheduler {
  readonly frameworkId: string;
  readonly stream: RawStream<'scheduler.Event'>;
  readonly #master: string;
  readonly #mediaType: MediaType;
  readonly #headers: Readonly<Record<string, string>>;

  private constructor(
    master: string,
    stream: RawStream<'scheduler.Event'>,
    frameworkId: string,
    mediaType: MediaType,
    headers: Readonly<Record<string, string>>,
  ) {
    this.#master = master;
    this.stream = stream;
    this.frameworkId = frameworkId;
    this.#mediaType = mediaType;
    this.#headers = {
      ...headers,
      'Mesos-Stream-Id': String(stream.response.headers['mesos-stream-id']),
    };
  }

  /** With `info.id` it takes a framework over. */
  static async subscribe(master: string, options: RawSchedulerOptions = {}): Promise<RawScheduler> {
    const { info = {}, suppressedRoles, mediaType = mediaTypes.protobuf, headers = {} } = options;
    const framework_info: FrameworkInfo = {
      user: 'nobody',
      name: 'test',
      roles: ['*'],
      capabilities,
      ...info,
    };
    const call: SchedulerCall = {
      type: 'SUBSCRIBE',
      ...(info.id && { framework_id: info.id }),
      subscribe: { framework_info, ...(suppressedRoles && { suppressed_roles: suppressedRoles }) },
    };
    const stream = await RawStream.open(
      master,
      path,
      { 'Content-Type': mediaType, Accept: mediaType, ...headers },
      encodeBody(mediaType, 'scheduler.Call', call),
      'scheduler.Event',
    );
    const first = await stream.next();
    if (first.type !== 'SUBSCRIBED') throw new Error(first.error?.message);
    const frameworkId = first.subscribed!.framework_id.value;
    return new RawScheduler(master, stream, frameworkId, mediaType, headers);
  }

  async call(call: SchedulerCall): Promise<RawResponse> {
    const complete = { ...call, framework_id: { value: this.frameworkId } };
    return sendCall(this.#master, path, this.#mediaType, 'scheduler.Call', complete, this.#headers);
  }

  event(type: SchedulerEventFields['type']): Promise<SchedulerEventFields> {
    return this.stream.next((event) => event.type === type);
  }

  async offers(): Promise<readonly Offer[]> {
    return (await this.event('OFFERS')).offers!.offers!;
  }

  /** The next update, acknowledged if it asks for that. */
  async update(taskId?: string): Promise<TaskStatus> {
    const { update } = await this.stream.next(
      ({ type, update }) =>
        type === 'UPDATE' && (taskId === undefined || update!.status.task_id.value === taskId),
    );
    await this.acknowledge(update!.status);
    return update!.status;
  }

  async acknowledge({ agent_id, task_id, uuid }: TaskStatus): Promise<void> {
    if (uuid === undefined) return;
    await this.call({ type: 'ACKNOWLEDGE', acknowledge: { agent_id: agent_id!, task_id, uuid } });
  }

  accept(
    offer: Offer,
    operations: readonly OfferOperation[],
    refuseSeconds = 0,
  ): Promise<RawResponse> {
    return this.call({
      type: 'ACCEPT',
      accept: { offer_ids: [offer.id], operations, filters: { refuse_seconds: refuseSeconds } },
    });
  }

  launch(offer: Offer, ...tasks: readonly TaskInfo[]): Promise<RawResponse> {
    return this.accept(offer, [{ type: 'LAUNCH', launch: { task_infos: tasks } }]);
  }

  close(): void {
    this.stream.close();
  }
}

export function task(offer: Offer, id: string, more: Partial<TaskInfo> = {}): TaskInfo {
  return {
    name: id,
    task_id: { value: id },
    agent_id: offer.agent_id,
    resources: scalars({ cpus: 0.1, mem: 32 }),
    ...more,
  };
}

const scalars = (amounts: Readonly<Record<string, number>>): TaskInfo['resources'] =>
  Object.entries(amounts).map(([name, value]) => ({ name, type: 'SCALAR', scalar: { value } }));
