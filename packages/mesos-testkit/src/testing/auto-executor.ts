import {
  type ExecutorCallFields,
  type ExecutorEventFields,
  encodeBody,
  mediaTypes,
  type TaskStatus,
} from '@firesteel/mesos-protocol';
import { uuidBytes } from '../messages.js';
import { RawStream, sendCall } from './raw-http.js';

const path = '/api/v1/executor';

/** Acts as an executor that runs every task until it is told otherwise, as the recorder's did. */
export class AutoExecutor {
  readonly #agent: string;
  readonly #ids: Pick<ExecutorCallFields, 'executor_id' | 'framework_id'>;
  #stream: RawStream<'executor.Event'> | undefined;
  #closed = false;

  constructor(agent: string, frameworkId: string, executorId: string) {
    this.#agent = agent;
    this.#ids = { executor_id: { value: executorId }, framework_id: { value: frameworkId } };
    void this.#run().catch(() => {});
  }

  close(): void {
    this.#closed = true;
    this.#stream?.close();
  }

  async #run(): Promise<void> {
    this.#stream = await this.#subscribe();
    while (this.#stream !== undefined) await this.#receive(await this.#stream.next());
  }

  async #subscribe(): Promise<RawStream<'executor.Event'> | undefined> {
    const call = { ...this.#ids, type: 'SUBSCRIBE' as const, subscribe: {} };
    const body = encodeBody(mediaTypes.protobuf, 'executor.Call', call);
    const headers = { 'Content-Type': mediaTypes.protobuf, Accept: mediaTypes.protobuf };
    while (!this.#closed) {
      try {
        return await RawStream.open(this.#agent, path, headers, body, 'executor.Event');
      } catch {
        // Not launched yet, or never: some tasks are refused.
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
    return undefined;
  }

  async #receive(event: ExecutorEventFields): Promise<void> {
    if (event.type !== 'LAUNCH') return;
    const { task_id } = event.launch!.task;
    await this.#update({ task_id, state: 'TASK_STARTING' });
    await this.#update({
      task_id,
      state: 'TASK_RUNNING',
      message: 'running in executor',
      data: Buffer.from('AAFydW5uaW5n/w==', 'base64'),
      healthy: true,
    });
  }

  async #update(status: TaskStatus): Promise<void> {
    const complete = { ...status, source: 'SOURCE_EXECUTOR' as const, uuid: uuidBytes() };
    const call = { ...this.#ids, type: 'UPDATE' as const, update: { status: complete } };
    await sendCall(this.#agent, path, mediaTypes.protobuf, 'executor.Call', call);
  }
}
