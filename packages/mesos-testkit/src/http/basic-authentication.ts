import type { HttpRequest } from './server.js';

export interface Credential {
  readonly principal: string;
  readonly secret: string;
}

/** The principal of a request with valid `Authorization: Basic`, undefined for any other request. */
export function authenticate(
  request: HttpRequest,
  credentials: readonly Credential[],
): string | undefined {
  // The scheme is compared as it is, with exactly one space behind it.
  const encoded = /^Basic ([^ ]+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const parts = Buffer.from(encoded, 'base64').toString().split(':');
  if (parts.length !== 2) return undefined;
  const [principal, secret] = parts;
  return credentials.find((c) => c.principal === principal && c.secret === secret)?.principal;
}
