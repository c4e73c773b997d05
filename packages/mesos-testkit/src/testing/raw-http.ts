import { type IncomingMessage, request } from 'node:http';
import {
  decodeBody,
  encodeBody,
  type MediaType,
  type MessageName,
  type MessageTypes,
  mediaTypeOf,
  RecordDecoder,
} from '@firesteel/mesos-protocol';

export interface RawResponse {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** An HTTP request as it stands, for tests of what a server says to it. */
export function send(
  address: string,
  path: string,
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array;
  } = {},
): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    open(address, path, options).then(async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      const { statusCode: status = 0, headers } = response;
      resolve({ status, headers, body: Buffer.concat(chunks) });
    }, reject);
  });
}

function open(
  address: string,
  path: string,
  {
    method = 'POST',
    headers = {},
    body = '',
  }: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array;
  },
): Promise<IncomingMessage> {
  const [host, port] = address.split(':');
  return new Promise((resolve, reject) => {
    const outgoing = request({ host, port, path, method, headers, agent: false }, resolve);
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** The receiving side of a subscription, with its events in order. */
export class RawStream<N extends MessageName> {
  readonly response: IncomingMessage;
  readonly events: MessageTypes[N][] = [];
  /** How the stream ended; undefined while it is open. */
  end: 'terminated' | 'broken' | undefined;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  private constructor(response: IncomingMessage, name: N) {
    this.response = response;
    const decoder = new RecordDecoder();
    const mediaType = mediaTypeOf(response.headers['content-type'])!;
    response.on('data', (chunk: Buffer) => {
      for (const record of decoder.push(chunk)) {
        this.events.push(decodeBody(mediaType, name, record));
      }
      this.#wake();
    });
    response.on('error', () => {});
    response.on('close', () => {
      this.end = response.complete ? 'terminated' : 'broken';
      this.#wake();
    });
  }

  /** Rejects for any other status than 200. */
  static async open<N extends MessageName>(
    address: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array,
    name: N,
  ): Promise<RawStream<N>> {
    const response = await open(address, path, { headers, body });
    if (response.statusCode === 200) return new RawStream(response, name);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    throw new Error(`${response.statusCode}: ${Buffer.concat(chunks)}`);
  }

  /** The next event, in order, that fits; those before it are skipped. */
  async next(fits: (event: MessageTypes[N]) => boolean = () => true): Promise<MessageTypes[N]> {
    for (;;) {
      while (this.#taken < this.events.length) {
        const event = this.events[this.#taken++]!;
        if (fits(event)) return event;
      }
      if (this.end !== undefined) throw new Error(`the stream has ended: ${this.end}`);
      await this.#change();
    }
  }

  async ended(): Promise<'terminated' | 'broken'> {
    while (this.end === undefined) await this.#change();
    return this.end;
  }

  close(): void {
    this.response.destroy();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

/** Sends a call and gives the answer. */
export function sendCall<N extends MessageName>(
  address: string,
  path: string,
  mediaType: MediaType,
  name: N,
  call: MessageTypes[N],
  headers: Readonly<Record<string, string>> = {},
): Promise<RawResponse> {
  return send(address, path, {
    headers: { 'Content-Type': mediaType, Accept: mediaType, ...headers },
    body: encodeBody(mediaType, name, call),
  });
}
