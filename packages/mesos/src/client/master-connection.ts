import {
  completeMessage,
  decodeProtobuf,
  encodeProtobuf,
  mediaTypes,
  RecordDecoder,
  type SchedulerCall,
  type SchedulerEvent,
} from '@firesteel/mesos-protocol';
import { Client, type Dispatcher } from 'undici';
import { failureOf, type MasterFailure } from './master-failure.js';

const path = '/api/v1/scheduler';

export interface Credential {
  readonly principal: string;
  readonly secret: string;
}

export interface ConnectionTimeouts {
  readonly connectMs: number;
  /** From a request to the beginning of its answer. */
  readonly answerMs: number;
}

export interface ConnectionListener {
  /** Once for each event, in order; events of types yet unknown are left out. */
  readonly onEvent: (event: SchedulerEvent) => void;
  /** Once, unless `close` came first: nothing can be received or sent any more. */
  readonly onEnd: (why: string) => void;
}

/**
 * One subscription with one master. It takes two connections, as Mesos demands: events arrive on
 * one, and calls go over the other, one after the other, so that the master sees them in order.
 */
export class MasterConnection {
  readonly master: string;
  readonly #stream: Client;
  readonly #calls: Client;
  readonly #headers: Record<string, string>;
  #ended = false;

  private constructor(
    master: string,
    credential: Credential | undefined,
    timeouts: ConnectionTimeouts,
  ) {
    this.master = master;
    // The pause between events has a limit of its own, which follows the client's clock.
    const options: Client.Options = {
      pipelining: 1,
      connectTimeout: timeouts.connectMs,
      headersTimeout: timeouts.answerMs,
      bodyTimeout: 0,
    };
    this.#stream = new Client(`http://${master}`, options);
    this.#calls = new Client(`http://${master}`, options);
    this.#headers = {
      'content-type': mediaTypes.protobuf,
      // Anything that also allows JSON would be answered in JSON.
      accept: mediaTypes.protobuf,
      ...(credential && { authorization: basic(credential) }),
    };
  }

  /** Subscribes. Resolves with the connection as soon as the stream is open, or with why it is not. */
  static async open(
    master: string,
    call: SchedulerCall,
    credential: Credential | undefined,
    timeouts: ConnectionTimeouts,
    listener: ConnectionListener,
  ): Promise<MasterConnection | MasterFailure> {
    const connection = new MasterConnection(master, credential, timeouts);
    const answer = await connection.#post(connection.#stream, call);
    if ('kind' in answer) {
      connection.close();
      return answer;
    }
    connection.#headers['mesos-stream-id'] = String(answer.headers['mesos-stream-id']);
    connection.#listen(answer.body, listener);
    return connection;
  }

  /** Sends a call after those before it were answered. Undefined if the master took it. */
  async send(call: SchedulerCall): Promise<MasterFailure | undefined> {
    const answer = await this.#post(this.#calls, call);
    if ('kind' in answer) return answer;
    await answer.body.dump();
    return undefined;
  }

  /** Drops both connections; the listener hears nothing any more. */
  close(): void {
    this.#ended = true;
    for (const client of [this.#stream, this.#calls]) client.destroy().catch(() => {});
  }

  async #post(
    client: Client,
    call: SchedulerCall,
  ): Promise<Dispatcher.ResponseData | MasterFailure> {
    // Outside of the try: a call that breaks the schema is the caller's fault, not the network's.
    const body = encodeProtobuf('scheduler.Call', call);
    try {
      const answer = await client.request({ path, method: 'POST', headers: this.#headers, body });
      if (answer.statusCode === 200 || answer.statusCode === 202) return answer;
      const location = answer.headers.location;
      return failureOf({
        master: this.master,
        call: call.type,
        status: answer.statusCode,
        location: typeof location === 'string' ? location : undefined,
        text: await answer.body.text(),
      });
    } catch (cause) {
      return { kind: 'unavailable', why: `${this.master}: ${reasonOf(cause)}`, cause };
    }
  }

  #listen(body: Dispatcher.ResponseData['body'], listener: ConnectionListener): void {
    const decoder = new RecordDecoder();
    const end = (why: string): void => {
      if (this.#ended) return;
      this.close();
      listener.onEnd(why);
    };
    const decode = (chunk: Buffer): readonly SchedulerEvent[] | undefined => {
      try {
        return decoder
          .push(chunk)
          .map((record) =>
            completeMessage('scheduler.Event', decodeProtobuf('scheduler.Event', record)),
          )
          .filter((event) => event !== undefined);
      } catch (cause) {
        end(`${this.master} sends what is no event: ${reasonOf(cause)}`);
        return undefined;
      }
    };
    body.on('data', (chunk: Buffer) => {
      for (const event of decode(chunk) ?? []) {
        // A listener may close the connection in the middle of a chunk.
        if (!this.#ended) listener.onEvent(event);
      }
    });
    body.on('error', (error) => end(`${this.master}: ${reasonOf(error)}`));
    body.on('end', () => end(`${this.master} closed the stream of events`));
  }
}

const basic = ({ principal, secret }: Credential): string =>
  `Basic ${Buffer.from(`${principal}:${secret}`).toString('base64')}`;

function reasonOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return message || code || String(error);
}
