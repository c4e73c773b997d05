import { type JuteReader, JuteWriter } from './jute.js';

/** Numbers of ZooKeeper's wire (zookeeper: ZooDefs.OpCode, KeeperException.Code, Watcher.Event). */
export const zooKeeper = {
  opcodes: { exists: 3, getData: 4, getChildren: 8, ping: 11, auth: 100, closeSession: -11 },
  /** Of messages that are not asked for, or not by number. */
  xids: { watchEvent: -1, ping: -2, auth: -4 },
  errors: { ok: 0, noNode: -101, noAuth: -102, authFailed: -115 },
  events: { created: 1, deleted: 2, dataChanged: 3, childrenChanged: 4 },
  /** The only state in which watches fire for nodes. */
  syncConnected: 3,
} as const;

export interface ZooKeeperConnectRequest {
  readonly timeoutMs: number;
  readonly sessionId: bigint;
}

export interface ZooKeeperConnectReply {
  /** What the server has made of the wish; 0 if it does not know the session. */
  readonly timeoutMs: number;
  readonly sessionId: bigint;
}

/** What begins every reply, and every message that was not asked for. */
export interface ZooKeeperReplyHeader {
  readonly xid: number;
  readonly error: number;
}

export interface ZooKeeperWatchEvent {
  readonly type: number;
  readonly path: string;
}

const noPassword = new Uint8Array(16);

export function writeConnectRequest({ timeoutMs, sessionId }: ZooKeeperConnectRequest): Buffer {
  return new JuteWriter()
    .int(0) // version of the protocol
    .long(0n) // last transaction seen
    .int(timeoutMs)
    .long(sessionId)
    .bytes(noPassword)
    .boolean(false) // read-only servers will not do
    .toFrame();
}

export function readConnectRequest(reader: JuteReader): ZooKeeperConnectRequest {
  reader.int();
  reader.long();
  return { timeoutMs: reader.int(), sessionId: reader.long() };
}

export function writeConnectReply({ timeoutMs, sessionId }: ZooKeeperConnectReply): Buffer {
  return new JuteWriter()
    .int(0)
    .int(timeoutMs)
    .long(sessionId)
    .bytes(noPassword)
    .boolean(false)
    .toFrame();
}

export function readConnectReply(reader: JuteReader): ZooKeeperConnectReply {
  reader.int();
  return { timeoutMs: reader.int(), sessionId: reader.long() };
}

export function replyHeader({ xid, error }: ZooKeeperReplyHeader): JuteWriter {
  return new JuteWriter().int(xid).long(0n).int(error);
}

export function readReplyHeader(reader: JuteReader): ZooKeeperReplyHeader {
  const xid = reader.int();
  reader.long();
  return { xid, error: reader.int() };
}

export function writeWatchEvent({ type, path }: ZooKeeperWatchEvent): Buffer {
  const header = { xid: zooKeeper.xids.watchEvent, error: zooKeeper.errors.ok };
  return replyHeader(header).int(type).int(zooKeeper.syncConnected).text(path).toFrame();
}

export function readWatchEvent(reader: JuteReader): ZooKeeperWatchEvent {
  const type = reader.int();
  reader.int();
  return { type, path: reader.text() };
}
