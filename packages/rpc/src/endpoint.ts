import type { Secret } from './secret.js';
import type { TlsOptions } from './tls.js';

/** How a process meets its peers. */
export interface RpcOptions {
  readonly secret: Secret;
  readonly tls?: TlsOptions;
  /** Longest message in bytes; default 128 MiB. */
  readonly maxMessageBytes?: number;
  /** A peer that has not proved itself by then is dropped; default 10 s. */
  readonly handshakeTimeoutMs?: number;
}

export const DEFAULT_MAX_MESSAGE_BYTES = 128 * 1024 ** 2;
export const DEFAULT_HANDSHAKE_TIMEOUT_MS = 10_000;
