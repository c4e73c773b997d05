import { createServer, type Server, type Socket } from 'node:net';
import { invalidArgument } from '@firesteel/common';
import {
  JuteFrames,
  type JuteReader,
  type JuteWriter,
  readConnectRequest,
  replyHeader,
  writeConnectReply,
  writeWatchEvent,
  zooKeeper,
} from '@firesteel/mesos-protocol';

export interface ZooKeeperOptions {
  /** 0 or left out for a free one. */
  readonly port?: number;
  readonly host?: string;
  /** `user:password`: with it nodes can be read by nobody else. */
  readonly credentials?: string;
}

/** What of a node was asked to be watched; a watch fires once. */
type Watched = 'data' | 'children';

/** One client. */
interface Session {
  readonly socket: Socket;
  readonly frames: JuteFrames;
  readonly watches: Record<Watched, Set<string>>;
  hasBegun: boolean;
  mayRead: boolean;
}

/**
 * One ZooKeeper server, as far as clients that read and watch can tell: sessions, pings, digest
 * credentials, `exists`, `getData`, `getChildren` and their watches. Nodes are set from outside.
 */
export class ZooKeeperStub {
  readonly #options: ZooKeeperOptions;
  readonly #nodes = new Map<string, Buffer>([['/', Buffer.alloc(0)]]);
  readonly #sessions = new Set<Session>();
  #server: Server | undefined;
  #port: number;
  #nextSessionId = 1n;
  #isSilent = false;

  private constructor(options: ZooKeeperOptions) {
    this.#options = options;
    this.#port = options.port ?? 0;
  }

  static async start(options: ZooKeeperOptions = {}): Promise<ZooKeeperStub> {
    const stub = new ZooKeeperStub(options);
    await stub.restart();
    return stub;
  }

  /** `host:port`; the same after a restart. */
  get address(): string {
    return `${this.#options.host ?? '127.0.0.1'}:${this.#port}`;
  }

  /** How many clients have a session. */
  get sessions(): number {
    return [...this.#sessions].filter(({ hasBegun }) => hasBegun).length;
  }

  /** Makes a node or changes what it holds; its parents are made where they are missing. */
  set(path: string, data: string | Uint8Array): void {
    if (!/^(\/[^/]+)+$/.test(path)) throw invalidArgument('path', 'like /a/b', path);
    const parent = parentOf(path);
    if (!this.#nodes.has(parent)) this.set(parent, '');
    const isNew = !this.#nodes.has(path);
    this.#nodes.set(path, Buffer.from(data));
    this.#fire(path, 'data', isNew ? zooKeeper.events.created : zooKeeper.events.dataChanged);
    if (isNew) this.#fire(parent, 'children', zooKeeper.events.childrenChanged);
  }

  /** Removes a node with all below it. */
  remove(path: string): void {
    for (const child of this.#childrenOf(path)) this.remove(`${path}/${child}`);
    if (!this.#nodes.delete(path)) return;
    this.#fire(path, 'data', zooKeeper.events.deleted);
    this.#fire(path, 'children', zooKeeper.events.deleted);
    this.#fire(parentOf(path), 'children', zooKeeper.events.childrenChanged);
  }

  /** Cuts all connections; clients may come again at once. */
  disconnect(): void {
    for (const { socket } of this.#sessions) socket.destroy();
  }

  /** Keeps connections, but answers nothing. Returns what ends it. */
  silence(): () => void {
    this.#isSilent = true;
    return () => {
      this.#isSilent = false;
    };
  }

  /** Ends the server as a crash does; nodes stay for `restart`. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    this.disconnect();
    await closed;
  }

  /** Listens again after {@link close}, at the same address. */
  async restart(): Promise<void> {
    const server = createServer((socket) => this.#connected(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, this.#options.host ?? '127.0.0.1', resolve);
    });
    this.#server = server;
    this.#port = (server.address() as { readonly port: number }).port;
  }

  #connected(socket: Socket): void {
    const session: Session = {
      socket,
      frames: new JuteFrames(),
      watches: { data: new Set(), children: new Set() },
      hasBegun: false,
      mayRead: this.#options.credentials === undefined,
    };
    this.#sessions.add(session);
    socket
      .on('data', (chunk: Buffer) => {
        try {
          for (const frame of session.frames.push(chunk)) this.#handle(session, frame);
        } catch {
          // What no client sends: a real server closes the connection, too.
          socket.destroy();
        }
      })
      .on('error', () => {})
      .on('close', () => this.#sessions.delete(session));
  }

  #handle(session: Session, frame: JuteReader): void {
    const { socket } = session;
    if (this.#isSilent) return;
    if (!session.hasBegun) {
      const { timeoutMs } = readConnectRequest(frame);
      session.hasBegun = true;
      socket.write(writeConnectReply({ timeoutMs, sessionId: this.#nextSessionId++ }));
      return;
    }
    const xid = frame.int();
    const opcode = frame.int();
    const { opcodes, errors } = zooKeeper;
    const reply = (error: number): JuteWriter => replyHeader({ xid, error });
    switch (opcode) {
      case opcodes.ping:
        socket.write(reply(errors.ok).toFrame());
        return;
      case opcodes.auth: {
        frame.int();
        const isRight = frame.text() === 'digest' && frame.text() === this.#options.credentials;
        // A digest is believed; what it does not open stays closed.
        session.mayRead ||= isRight;
        socket.write(reply(errors.ok).toFrame());
        return;
      }
      case opcodes.closeSession:
        socket.end(reply(errors.ok).toFrame());
        return;
      default:
        socket.write(this.#read(session, opcode, frame, reply).toFrame());
    }
  }

  #read(
    session: Session,
    opcode: number,
    frame: JuteReader,
    reply: (error: number) => JuteWriter,
  ): JuteWriter {
    const { opcodes, errors } = zooKeeper;
    const path = frame.text();
    const isWatched = frame.boolean();
    const data = this.#nodes.get(path);
    const watched: Watched = opcode === opcodes.getChildren ? 'children' : 'data';
    // Only `exists` watches what is not there.
    if (isWatched && (data !== undefined || opcode === opcodes.exists))
      session.watches[watched].add(path);
    if (data === undefined) return reply(errors.noNode);
    if (opcode === opcodes.exists) return writeStat(reply(errors.ok), data);
    if (!session.mayRead) return reply(errors.noAuth);
    return opcode === opcodes.getChildren
      ? reply(errors.ok).texts(this.#childrenOf(path))
      : writeStat(reply(errors.ok).bytes(data), data);
  }

  #childrenOf(path: string): readonly string[] {
    const prefix = path === '/' ? '/' : `${path}/`;
    return [...this.#nodes.keys()]
      .filter((node) => node !== '/' && parentOf(node) === path)
      .map((node) => node.slice(prefix.length));
  }

  #fire(path: string, watched: Watched, type: number): void {
    for (const { socket, watches } of this.#sessions)
      if (watches[watched].delete(path)) socket.write(writeWatchEvent({ type, path }));
  }
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

/** All of a node's numbers; only the length of its data is kept. */
function writeStat(writer: JuteWriter, data: Buffer): JuteWriter {
  for (let i = 0; i < 4; i++) writer.long(0n); // transactions and times
  for (let i = 0; i < 3; i++) writer.int(0); // versions
  return writer.long(0n).int(data.length).int(0).long(0n);
}
