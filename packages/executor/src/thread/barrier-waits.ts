import { FiresteelError } from '@firesteel/common';
import type { BarrierOperation } from '@firesteel/plan';
import { TaskKilled } from '../pipeline/running-task.js';
import type { ThreadCommand, ThreadReport } from './messages.js';

interface Wait {
  resolve(messages: readonly string[]): void;
  reject(error: Error): void;
}

/** The barrier that the running task waits in, until the driver releases all tasks of its stage. */
export class BarrierWaits {
  private readonly waits = new Map<number, Wait>();

  constructor(
    private readonly report: (report: ThreadReport) => void,
    private readonly maxMessageBytes: number,
  ) {}

  /** @throws FiresteelError MESSAGE_TOO_LARGE */
  async wait(
    taskId: number,
    operation: BarrierOperation,
    message: string,
  ): Promise<readonly string[]> {
    const sizeBytes = Buffer.byteLength(message);
    if (sizeBytes > this.maxMessageBytes)
      throw new FiresteelError(
        'MESSAGE_TOO_LARGE',
        `A message of ${sizeBytes} bytes was given to allGather(); it may have ${this.maxMessageBytes}, a quarter of rpc.message.maxSize. Exchange large data by a shuffle or by files, or raise rpc.message.maxSize.`,
        { data: { sizeBytes, limitBytes: this.maxMessageBytes } },
      );
    return new Promise((resolve, reject) => {
      this.waits.set(taskId, { resolve, reject });
      this.report({ kind: 'barrierSync', taskId, operation, message });
    });
  }

  release({ taskId, messages }: Extract<ThreadCommand, { kind: 'barrierRelease' }>): void {
    this.waits.get(taskId)?.resolve(messages);
    this.waits.delete(taskId);
  }

  /** The task was killed: the others of its stage will not come. */
  abandon(): void {
    for (const wait of this.waits.values()) wait.reject(new TaskKilled());
    this.waits.clear();
  }
}
