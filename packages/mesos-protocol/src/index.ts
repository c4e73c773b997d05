/**
 * The wire of the Apache Mesos v1 API, shared by Firesteel's client and its test kit: messages as
 * plain typed objects, their protobuf and JSON forms, and RecordIO streams; and what leader detection
 * needs of the wire of ZooKeeper. Knows no sockets.
 */
export { checkMessage } from './check.js';
export { completeMessage } from './complete.js';
export { decodeJson, messageFromJson } from './json-parser.js';
export { encodeJson } from './json-writer.js';
export {
  decodeBody,
  encodeBody,
  type MediaType,
  mediaTypeOf,
  mediaTypes,
  negotiate,
} from './media-type.js';
export type * from './messages.js';
export { decodeProtobuf, encodeProtobuf, prepareMessage } from './protobuf.js';
export { encodeRecord, RecordDecoder } from './record-io.js';
export type { MessageName } from './schema.js';
export { messageText } from './text-format.js';
export { JuteFrames, JuteReader, JuteWriter } from './zookeeper/jute.js';
export {
  readConnectReply,
  readConnectRequest,
  readReplyHeader,
  readWatchEvent,
  replyHeader,
  writeConnectReply,
  writeConnectRequest,
  writeWatchEvent,
  type ZooKeeperConnectReply,
  type ZooKeeperConnectRequest,
  type ZooKeeperReplyHeader,
  type ZooKeeperWatchEvent,
  zooKeeper,
} from './zookeeper/records.js';
