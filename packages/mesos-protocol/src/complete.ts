import { invalidMessage } from './invalid-message.js';
import type { EnvelopeTypes, MessageTypes } from './messages.js';
import { typeOf } from './schema.js';

/** Types whose member may be left out. */
const optionalMembers = new Set(['REVIVE', 'SUPPRESS', 'GET_METRICS']);

/**
 * Narrows a decoded call, event or response to the exact type: the member that its `type` names is
 * there. Undefined if the type is absent, UNKNOWN or newer than this schema, which receivers ignore.
 * @throws MESOS_MESSAGE_INVALID if the type is known but its member is missing
 */
export function completeMessage<N extends keyof EnvelopeTypes>(
  name: N,
  message: MessageTypes[N],
): EnvelopeTypes[N] | undefined {
  const fields = message as { readonly type?: string } & Readonly<Record<string, unknown>>;
  const kind = fields.type;
  if (kind === undefined || kind === 'UNKNOWN') return undefined;
  const member = kind.toLowerCase();
  const hasMember = typeOf(name).fields[member] !== undefined;
  if (hasMember && fields[member] === undefined && !optionalMembers.has(kind)) {
    throw invalidMessage(`Expecting '${member}' to be present`);
  }
  return message as unknown as EnvelopeTypes[N];
}
