import { decodeJson } from './json-parser.js';
import { encodeJson } from './json-writer.js';
import type { MessageTypes } from './messages.js';
import { decodeProtobuf, encodeProtobuf } from './protobuf.js';
import type { MessageName } from './schema.js';

/** The two content types of the API. Mesos compares them exactly: no parameters, this case. */
export const mediaTypes = { json: 'application/json', protobuf: 'application/x-protobuf' } as const;

export type MediaType = (typeof mediaTypes)[keyof typeof mediaTypes];

/** The media type that a Content-Type header names, undefined if it is neither of the two. */
export function mediaTypeOf(contentType: string | undefined): MediaType | undefined {
  return contentType === mediaTypes.json || contentType === mediaTypes.protobuf
    ? contentType
    : undefined;
}

/**
 * What a Mesos server answers with for an Accept header: JSON whenever it is acceptable, so an
 * absent header and wildcards mean JSON; undefined if neither is acceptable (406).
 */
export function negotiate(accept: string | undefined): MediaType | undefined {
  return [mediaTypes.json, mediaTypes.protobuf].find((type) => accepts(accept, type));
}

function accepts(accept: string | undefined, type: MediaType): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  // The most specific range decides: a type by name, then application/*, then */*.
  const ranges = accept.split(',').map((range) => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim());
    const quality = parameters.find((parameter) => /^q=/i.test(parameter));
    return { name, refused: quality !== undefined && Number(quality.slice(2)) === 0 };
  });
  const decisive = [type, 'application/*', '*/*']
    .map((name) => ranges.find((range) => range.name === name))
    .find((range) => range !== undefined);
  return decisive !== undefined && !decisive.refused;
}

/** The bytes of a body or record in either media type. Throws MESOS_MESSAGE_INVALID. */
export function encodeBody<N extends MessageName>(
  mediaType: MediaType,
  name: N,
  message: MessageTypes[N],
): Uint8Array {
  return mediaType === mediaTypes.json
    ? Buffer.from(encodeJson(name, message))
    : encodeProtobuf(name, message);
}

/** Reads a body or record of either media type. Throws MESOS_MESSAGE_INVALID. */
export function decodeBody<N extends MessageName>(
  mediaType: MediaType,
  name: N,
  bytes: Uint8Array,
): MessageTypes[N] {
  return mediaType === mediaTypes.json
    ? decodeJson(name, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString())
    : decodeProtobuf(name, bytes);
}
