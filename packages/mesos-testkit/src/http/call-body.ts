import { FiresteelError } from '@firesteel/common';
import {
  decodeBody,
  type MediaType,
  type MessageName,
  type MessageTypes,
  mediaTypeOf,
  mediaTypes,
  negotiate,
} from '@firesteel/mesos-protocol';
import { type HttpRequest, type PlainAnswer, textAnswer } from './server.js';

/** The call in a request, or the answer to a request that carries none. */
export function readCall<N extends MessageName>(
  request: HttpRequest,
  name: N,
): { readonly call: MessageTypes[N] } | { readonly refused: PlainAnswer } {
  if (request.method !== 'POST') return { refused: methodNotAllowed(request.method) };
  const contentType = request.headers['content-type'];
  if (contentType === undefined) {
    return { refused: textAnswer(400, "Expecting 'Content-Type' to be present") };
  }
  const mediaType = mediaTypeOf(contentType);
  if (mediaType === undefined) {
    const known = `${mediaTypes.json} or ${mediaTypes.protobuf}`;
    return { refused: textAnswer(415, `Expecting 'Content-Type' of ${known}`) };
  }
  try {
    return { call: decodeBody(mediaType, name, request.body) };
  } catch (error) {
    if (!FiresteelError.is(error, 'MESOS_MESSAGE_INVALID')) throw error;
    const text = error.message.startsWith('Failed to parse')
      ? error.message
      : `Failed to convert JSON into Call protobuf: ${error.message}`;
    return { refused: textAnswer(400, text) };
  }
}

function methodNotAllowed(method: string): PlainAnswer {
  const text = `405 Method Not Allowed. Expecting one of { 'POST' }, but received '${method}'.`;
  return textAnswer(405, text, { Allow: 'POST' });
}

/** The media type to answer in, or the answer to a request that accepts neither. */
export function readAccept(
  request: HttpRequest,
): { readonly mediaType: MediaType } | { readonly refused: PlainAnswer } {
  const mediaType = negotiate(request.headers.accept);
  if (mediaType !== undefined) return { mediaType };
  const known = `'${mediaTypes.protobuf}' or '${mediaTypes.json}'`;
  return { refused: textAnswer(406, `Expecting 'Accept' to allow ${known}`) };
}

export const notImplemented: PlainAnswer = textAnswer(501, '501 Not Implemented.');
export const forbidden: PlainAnswer = textAnswer(403, '403 Forbidden.');
export const notFound: PlainAnswer = textAnswer(404, '404 Not Found.');
export const accepted: PlainAnswer = { status: 202 };
