import { connect, type Socket } from 'node:net';
import {
  JuteFrames,
  type JuteReader,
  JuteWriter,
  readConnectReply,
  readReplyHeader,
  readWatchEvent,
  writeConnectRequest,
  type ZooKeeperWatchEvent,
  zooKeeper,
} from '@firesteel/mesos-protocol';
import type { Clock } from '../clock.js';
import { describeServer, type ZooKeeperAddress } from './zookeeper-address.js';

export interface ZooKeeperConnectionOptions {
  readonly server: ZooKeeperAddress['servers'][number];
  readonly credentials?: string;
  readonly sessionTimeoutMs: number;
  readonly clock: Clock;
}

export interface ZooKeeperListener {
  /** A session has begun; requests can be made. */
  readonly onSession: () => void;
  readonly onWatchEvent: (event: ZooKeeperWatchEvent) => void;
  /** Once, unless `close` came first. */
  readonly onEnd: (why: string) => void;
}

/** A node's answer: what it holds, or the number of the error. */
export type ZooKeeperReply<T> = { readonly value: T } | { readonly error: number };

/**
 * A session with one ZooKeeper server that lasts as long as its connection: reading and watching
 * need no session that moves from server to server, because whoever reads again sees all changes.
 */
export class ZooKeeperConnection {
  readonly #options: ZooKeeperConnectionOptions;
  readonly #listener: ZooKeeperListener;
  readonly #socket: Socket;
  readonly #frames = new JuteFrames();
  readonly #pending = new Map<number, (reply: JuteReader, error: number) => void>();
  #nextXid = 1;
  #hasSession = false;
  #ended = false;
  #lastHeardAtMs: number;
  #cancelTimer = (): void => {};

  constructor(options: ZooKeeperConnectionOptions, listener: ZooKeeperListener) {
    const { server, sessionTimeoutMs, clock } = options;
    this.#options = options;
    this.#listener = listener;
    this.#lastHeardAtMs = clock.now();
    this.#socket = connect({ ...server, noDelay: true });
    this.#socket
      .on('connect', () => {
        this.#socket.write(writeConnectRequest({ timeoutMs: sessionTimeoutMs, sessionId: 0n }));
      })
      .on('data', (chunk: Buffer) => this.#received(chunk))
      .on('error', (error) => this.#end(error.message))
      .on('close', () => this.#end('it has closed the connection'));
    this.#watchSilence(sessionTimeoutMs);
  }

  /** The children of a node, and a watch for changes of them. */
  children(path: string, done: (reply: ZooKeeperReply<readonly string[]>) => void): void {
    const body = new JuteWriter().text(path).boolean(true);
    this.#request(zooKeeper.opcodes.getChildren, body, done, (reply) => reply.texts());
  }

  data(path: string, done: (reply: ZooKeeperReply<Buffer>) => void): void {
    const body = new JuteWriter().text(path).boolean(false);
    this.#request(zooKeeper.opcodes.getData, body, done, (reply) => reply.bytes());
  }

  /** Whether a node is there, and a watch for its creation or end. */
  exists(path: string, done: (reply: ZooKeeperReply<true>) => void): void {
    const body = new JuteWriter().text(path).boolean(true);
    this.#request(zooKeeper.opcodes.exists, body, done, () => true as const);
  }

  /** Ends the session and the connection; the listener hears nothing any more. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelTimer();
    if (!this.#hasSession) this.#socket.destroy();
    else this.#socket.end(header(this.#nextXid, zooKeeper.opcodes.closeSession).toFrame());
  }

  #request<T>(
    opcode: number,
    body: JuteWriter,
    done: (reply: ZooKeeperReply<T>) => void,
    read: (reply: JuteReader) => T,
  ): void {
    if (this.#ended) return;
    const xid = this.#nextXid++;
    this.#pending.set(xid, (reply, error) => {
      done(error === zooKeeper.errors.ok ? { value: read(reply) } : { error });
    });
    this.#socket.write(header(xid, opcode).append(body).toFrame());
  }

  #received(chunk: Buffer): void {
    this.#lastHeardAtMs = this.#options.clock.now();
    try {
      for (const frame of this.#frames.push(chunk)) if (!this.#ended) this.#handle(frame);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#end(`it does not speak ZooKeeper's protocol: ${error.message}`);
    }
  }

  #handle(frame: JuteReader): void {
    if (!this.#hasSession) {
      this.#begin(frame);
      return;
    }
    const { xid, error } = readReplyHeader(frame);
    if (xid === zooKeeper.xids.watchEvent) this.#listener.onWatchEvent(readWatchEvent(frame));
    else if (xid === zooKeeper.xids.auth && error !== zooKeeper.errors.ok)
      this.#end(`it does not take the credentials (error ${error})`);
    else {
      const done = this.#pending.get(xid);
      this.#pending.delete(xid);
      done?.(frame, error);
    }
  }

  #begin(frame: JuteReader): void {
    const { credentials } = this.#options;
    const { timeoutMs } = readConnectReply(frame);
    if (timeoutMs <= 0) {
      this.#end('it gives no session');
      return;
    }
    this.#hasSession = true;
    if (credentials !== undefined) {
      const packet = new JuteWriter().int(0).text('digest').text(credentials);
      const { xids, opcodes } = zooKeeper;
      this.#socket.write(header(xids.auth, opcodes.auth).append(packet).toFrame());
    }
    this.#cancelTimer();
    this.#ping(timeoutMs);
    this.#listener.onSession();
  }

  /** As ZooKeeper's own clients: a sign of life each third of the timeout, and an end after two. */
  #ping(timeoutMs: number): void {
    const { clock } = this.#options;
    this.#cancelTimer = clock.setTimer(timeoutMs / 3, () => {
      const silentMs = clock.now() - this.#lastHeardAtMs;
      if (silentMs > (timeoutMs * 2) / 3) {
        this.#end(`it has been silent for ${Math.round(silentMs)} ms`);
        return;
      }
      this.#socket.write(header(zooKeeper.xids.ping, zooKeeper.opcodes.ping).toFrame());
      this.#ping(timeoutMs);
    });
  }

  #watchSilence(timeoutMs: number): void {
    this.#cancelTimer = this.#options.clock.setTimer(timeoutMs, () => {
      this.#end(`no session with it within ${timeoutMs} ms`);
    });
  }

  #end(why: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelTimer();
    this.#socket.destroy();
    this.#listener.onEnd(`${describeServer(this.#options.server)}: ${why}`);
  }
}

const header = (xid: number, opcode: number): JuteWriter => new JuteWriter().int(xid).int(opcode);
