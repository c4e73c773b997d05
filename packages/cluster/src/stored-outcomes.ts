import { decodeValue } from '@firesteel/codec';
import type { Config } from '@firesteel/common';
import type { TaskOutcome } from '@firesteel/plan';
import type { RpcOptions } from '@firesteel/rpc';
import { BlockClient } from '@firesteel/shuffle/transfer';
import type { ExecutorHandle } from './executor-handle.js';

/** Outcomes of tasks that are too large for messages: executors keep them as blocks. */
export class StoredOutcomes {
  readonly #client: BlockClient;

  constructor({ secret, tls }: RpcOptions, config: Config) {
    this.#client = new BlockClient({
      secret,
      ...(tls && { tls }),
      maxRetries: config.get('shuffle.io.maxRetries'),
      retryWaitMs: config.get('shuffle.io.retryWait'),
    });
  }

  /** The outcome; that the task is lost if it cannot be read. */
  async read({ id, host, port }: ExecutorHandle, taskId: number): Promise<TaskOutcome> {
    try {
      const [bytes] = await this.#client.fetchStored(host, port, { kind: 'outcome', taskId });
      return decodeValue(bytes as Uint8Array) as TaskOutcome;
    } catch (error) {
      const { message } = error as Error;
      const reason = `its result could not be read from executor ${id}: ${message}`;
      return { kind: 'lost', reason };
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}
