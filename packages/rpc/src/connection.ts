import type { Socket } from 'node:net';
import { decodeValue, encodeValue } from '@firesteel/codec';
import { type ErrorCode, errorCodes, FiresteelError } from '@firesteel/common';
import { ProtocolError } from './frames.js';
import type { Session } from './handshake.js';

/** Why a connection ended. */
export type ConnectionEnd =
  /** One of the two sides closed it on purpose. */
  | { readonly kind: 'closed' }
  /** The peer, its host or the network went away. */
  | { readonly kind: 'lost'; readonly reason: string }
  /** The peer sent what no peer sends; it was dropped. */
  | { readonly kind: 'violation'; readonly reason: string };

/** What a process does with what its peer sends. */
export interface RpcHandler {
  message(message: unknown, from: RpcConnection): void;
  /** The reply, or an error that the peer's `request` rejects with. */
  request(message: unknown, from: RpcConnection): unknown;
  /** Called once; nothing comes from this connection any more. */
  ended(end: ConnectionEnd, connection: RpcConnection): void;
}

export interface RequestOptions {
  /** Rejects with REQUEST_TIMEOUT after this time; default 30 s. */
  readonly timeoutMs?: number;
}

const DEFAULT_REQUEST_TIMEOUT_MS = 30_000;
/** How long a closing connection waits for the other side's end. */
const CLOSE_TIMEOUT_MS = 2_000;

/** The first byte of a payload; the number of the request follows as uint32, then the message. */
const Kind = { Message: 0, Request: 1, Reply: 2, ErrorReply: 3, Close: 4 } as const;
const PREFIX_BYTES = 5;

interface PendingRequest {
  resolve(reply: unknown): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
}

/**
 * An authenticated connection: one-way messages, and requests of both sides, many at a time. What
 * is sent arrives in order and once, or the connection ends. Messages are values as `encodeValue`
 * carries them, bytes among them as bytes.
 */
export class RpcConnection {
  readonly remoteAddress: string;
  readonly #socket: Socket;
  readonly #session: Session;
  readonly #maxPayloadBytes: number;
  readonly #requests = new Map<number, PendingRequest>();
  #handler: RpcHandler | undefined;
  #nextRequestId = 0;
  #end: ConnectionEnd | undefined;

  constructor(socket: Socket, session: Session, maxPayloadBytes: number) {
    this.#socket = socket;
    this.#session = session;
    this.#maxPayloadBytes = maxPayloadBytes;
    this.remoteAddress = socket.remoteAddress ?? 'unknown';
    socket.on('error', (error) => this.#finish({ kind: 'lost', reason: error.message }));
    socket.on('close', () => this.#finish({ kind: 'lost', reason: 'the connection was closed' }));
  }

  get isOpen(): boolean {
    return this.#end === undefined;
  }

  /** Begins to deliver what arrives. */
  start(handler: RpcHandler): void {
    this.#handler = handler;
    if (this.#session.rest.length > 0) this.#receive(this.#session.rest);
    this.#socket.on('data', (chunk: Buffer) => this.#receive(chunk)).resume();
  }

  /**
   * Sends a message for which no reply is expected; no effect when the connection has ended.
   * @throws FiresteelError MESSAGE_TOO_LARGE
   */
  send(message: unknown): void {
    this.#post(Kind.Message, 0, message);
  }

  /**
   * Sends a message and waits for the reply. Rejects with the peer's error, REQUEST_TIMEOUT,
   * MESSAGE_TOO_LARGE, or CONNECTION_LOST.
   */
  request(message: unknown, options: RequestOptions = {}): Promise<unknown> {
    const { timeoutMs = DEFAULT_REQUEST_TIMEOUT_MS } = options;
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) throw connectionLost(this.remoteAddress, this.#end);
      const id = this.#nextRequestId;
      this.#nextRequestId = (id + 1) >>> 0;
      this.#post(Kind.Request, id, message);
      const timer = setTimeout(() => {
        this.#requests.delete(id);
        reject(
          new FiresteelError(
            'REQUEST_TIMEOUT',
            `${this.remoteAddress} did not reply within ${timeoutMs} ms.`,
            { data: { address: this.remoteAddress, timeoutMs } },
          ),
        );
      }, timeoutMs);
      timer.unref();
      this.#requests.set(id, { resolve, reject, timer });
    });
  }

  /** Tells the peer that this is the end, after what was sent before. */
  close(): void {
    if (this.#end !== undefined) return;
    this.#post(Kind.Close, 0, undefined);
    this.#finish({ kind: 'closed' });
  }

  /** Whether the connection keeps the process alive; true at first. */
  setRef(isRef: boolean): void {
    if (isRef) this.#socket.ref();
    else this.#socket.unref();
  }

  #post(kind: number, id: number, message: unknown): void {
    if (this.#end !== undefined) return;
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix[0] = kind;
    prefix.writeUInt32LE(id, 1);
    const body = encodeValue(message);
    if (PREFIX_BYTES + body.length > this.#maxPayloadBytes)
      throw new FiresteelError(
        'MESSAGE_TOO_LARGE',
        `A message of ${body.length} bytes exceeds the limit of ${this.#maxPayloadBytes}. Read big data from files instead of parallelize, keep captured values small, or raise rpc.message.maxSize.`,
        { data: { sizeBytes: body.length, limitBytes: this.#maxPayloadBytes } },
      );
    const socket = this.#socket;
    socket.cork();
    socket.write(this.#session.writer.header([prefix, body]));
    socket.write(prefix);
    socket.write(body);
    socket.uncork();
  }

  #receive(chunk: Buffer): void {
    try {
      for (const payload of this.#session.reader.push(chunk)) {
        if (this.#end !== undefined) return;
        this.#deliver(payload);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError) && !FiresteelError.is(error, 'BLOCK_CORRUPT'))
        throw error;
      this.#finish({ kind: 'violation', reason: error.message });
    }
  }

  #deliver(payload: Buffer): void {
    if (payload.length < PREFIX_BYTES) throw new ProtocolError('a frame has no message');
    const kind = payload[0];
    const id = payload.readUInt32LE(1);
    const message = decodeValue(payload.subarray(PREFIX_BYTES));
    switch (kind) {
      case Kind.Message:
        this.#handler?.message(message, this);
        return;
      case Kind.Request:
        void this.#answer(id, message);
        return;
      case Kind.Reply:
        this.#settle(id)?.resolve(message);
        return;
      case Kind.ErrorReply:
        this.#settle(id)?.reject(errorOf(message));
        return;
      case Kind.Close:
        this.#finish({ kind: 'closed' });
        return;
      default:
        throw new ProtocolError(`a frame is of the unknown kind ${kind}`);
    }
  }

  async #answer(id: number, message: unknown): Promise<void> {
    try {
      this.#post(Kind.Reply, id, await this.#handler?.request(message, this));
    } catch (error) {
      const { code, message: text, data } = asFiresteelError(error);
      this.#post(Kind.ErrorReply, id, { code, message: text, data });
    }
  }

  /** The request that a reply belongs to; unknown when it has timed out. */
  #settle(id: number): PendingRequest | undefined {
    const request = this.#requests.get(id);
    this.#requests.delete(id);
    clearTimeout(request?.timer);
    return request;
  }

  #finish(end: ConnectionEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    if (end.kind === 'closed') {
      this.#socket.end();
      this.#socket.resume();
      setTimeout(() => this.#socket.destroy(), CLOSE_TIMEOUT_MS).unref();
    } else this.#socket.destroy();
    for (const { reject, timer } of this.#requests.values()) {
      clearTimeout(timer);
      reject(connectionLost(this.remoteAddress, end));
    }
    this.#requests.clear();
    this.#handler?.ended(end, this);
  }
}

function connectionLost(address: string, end: ConnectionEnd): FiresteelError {
  const reason = end.kind === 'closed' ? 'it was closed' : end.reason;
  return new FiresteelError(
    'CONNECTION_LOST',
    `The connection with ${address} has ended: ${reason}.`,
    { data: { address, reason } },
  );
}

function asFiresteelError(error: unknown): FiresteelError {
  if (FiresteelError.is(error)) return error;
  return new FiresteelError('INTERNAL', error instanceof Error ? error.message : String(error));
}

/** The error that the peer described; anything may stand in it. */
function errorOf(described: unknown): FiresteelError {
  const { code, message, data } = (described ?? {}) as Record<string, unknown>;
  const known = typeof code === 'string' && Object.hasOwn(errorCodes, code);
  return new FiresteelError(known ? (code as ErrorCode) : 'INTERNAL', String(message), {
    ...(typeof data === 'object' && data !== null ? { data: { ...data } } : {}),
  });
}
