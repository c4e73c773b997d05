import { mediaTypes, RecordDecoder } from '@firesteel/mesos-protocol';
import { Client, type Dispatcher } from 'undici';

export interface ConnectionTimeouts {
  readonly connectMs: number;
  /** From a request to the beginning of its answer. */
  readonly answerMs: number;
}

/** One of the APIs of Mesos that stream events: where it is and what it speaks. */
export interface EventApi<Call, Event> {
  readonly path: string;
  /** Throws for a call that breaks the schema. */
  readonly encode: (call: Call) => Uint8Array;
  /** Undefined for events of types yet unknown. Throws for what is no event. */
  readonly decode: (record: Uint8Array) => Event | undefined;
}

/** For connections under TLS, in PEM form; without an authority those that Node knows. */
export interface ConnectionTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface ConnectionOptions {
  /** `host:port` */
  readonly address: string;
  /** Without it the connections are in the clear. */
  readonly tls?: ConnectionTls;
  readonly authorization?: string;
  readonly timeouts: ConnectionTimeouts;
}

export interface ConnectionListener<Event> {
  /** Once for each event, in order. */
  readonly onEvent: (event: Event) => void;
  /** Once, unless `close` came first: nothing can be received or sent any more. */
  readonly onEnd: (why: string) => void;
}

/** What came in place of a yes. */
export type Rejection =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly location: string | undefined;
      readonly text: string;
    }
  | { readonly kind: 'unreachable'; readonly why: string; readonly cause: unknown };

/**
 * One subscription with a master or agent. It takes two connections, as Mesos demands: events
 * arrive on one, and calls go over the other, one after the other, so that they are seen in order.
 */
export class EventConnection<Call, Event> {
  readonly #api: EventApi<Call, Event>;
  readonly #address: string;
  readonly #stream: Client;
  readonly #calls: Client;
  readonly #headers: Record<string, string>;
  #ended = false;

  private constructor(api: EventApi<Call, Event>, options: ConnectionOptions) {
    const { address, tls, authorization, timeouts } = options;
    this.#api = api;
    this.#address = address;
    // The pause between events has a limit of its own, which follows the client's clock.
    const clientOptions: Client.Options = {
      pipelining: 1,
      connectTimeout: timeouts.connectMs,
      headersTimeout: timeouts.answerMs,
      bodyTimeout: 0,
      ...(tls && { connect: { ...tls } }),
    };
    const origin = `${tls === undefined ? 'http' : 'https'}://${address}`;
    this.#stream = new Client(origin, clientOptions);
    this.#calls = new Client(origin, clientOptions);
    this.#headers = {
      'content-type': mediaTypes.protobuf,
      // Anything that also allows JSON would be answered in JSON.
      accept: mediaTypes.protobuf,
      ...(authorization !== undefined && { authorization }),
    };
  }

  /** Subscribes. Resolves with the connection as soon as the stream is open, or with why it is not. */
  static async open<Call, Event>(
    api: EventApi<Call, Event>,
    options: ConnectionOptions,
    call: Call,
    listener: ConnectionListener<Event>,
  ): Promise<EventConnection<Call, Event> | Rejection> {
    const connection = new EventConnection(api, options);
    const answer = await connection.#post(connection.#stream, call);
    if ('kind' in answer) {
      connection.close();
      return answer;
    }
    const streamId = answer.headers['mesos-stream-id'];
    if (typeof streamId === 'string') connection.#headers['mesos-stream-id'] = streamId;
    connection.#listen(answer.body, listener);
    return connection;
  }

  /** Sends a call after those before it were answered. Undefined if it was taken. */
  async send(call: Call): Promise<Rejection | undefined> {
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

  async #post(client: Client, call: Call): Promise<Dispatcher.ResponseData | Rejection> {
    // Outside of the try: a call that breaks the schema is the caller's fault, not the network's.
    const body = this.#api.encode(call);
    const { path } = this.#api;
    try {
      const answer = await client.request({ path, method: 'POST', headers: this.#headers, body });
      const status = answer.statusCode;
      if (status === 200 || status === 202) return answer;
      const { location } = answer.headers;
      return {
        kind: 'answered',
        status,
        location: typeof location === 'string' ? location : undefined,
        text: (await answer.body.text()).trim(),
      };
    } catch (cause) {
      return { kind: 'unreachable', why: `${this.#address}: ${reasonOf(cause)}`, cause };
    }
  }

  #listen(body: Dispatcher.ResponseData['body'], listener: ConnectionListener<Event>): void {
    const decoder = new RecordDecoder();
    const end = (why: string): void => {
      if (this.#ended) return;
      this.close();
      listener.onEnd(why);
    };
    const decode = (chunk: Buffer): readonly (Event | undefined)[] => {
      try {
        return decoder.push(chunk).map(this.#api.decode);
      } catch (cause) {
        end(`${this.#address} sends what is no event: ${reasonOf(cause)}`);
        return [];
      }
    };
    body.on('data', (chunk: Buffer) => {
      for (const event of decode(chunk)) {
        // A listener may close the connection in the middle of a chunk.
        if (event !== undefined && !this.#ended) listener.onEvent(event);
      }
    });
    body.on('error', (error) => end(`${this.#address}: ${reasonOf(error)}`));
    body.on('end', () => end(`${this.#address} closed the stream of events`));
  }
}

function reasonOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return message || code || String(error);
}
