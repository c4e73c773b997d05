import { createHmac, timingSafeEqual } from 'node:crypto';

/** Whom a token was made for. */
export interface TokenClaims {
  readonly fid: string;
  readonly eid: string;
  readonly cid: string;
}

/** A JSON web token as agents hand them to executors: HS256, no expiry. */
export function createToken(claims: TokenClaims, secret: string): string {
  const head = [{ alg: 'HS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${head}.${signature(head, secret).toString('base64url')}`;
}

/** The claims of a valid token; undefined for any other text. */
export function verifyToken(token: string, secret: string): TokenClaims | undefined {
  const match = /^(([\w-]+)\.([\w-]+))\.([\w-]+)$/.exec(token);
  if (match === null) return undefined;
  const [, head = '', header = '', claims = '', given = ''] = match;
  const expected = signature(head, secret);
  const actual = Buffer.from(given, 'base64url');
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) return undefined;
  const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
  return (read(header) as { alg?: string }).alg === 'HS256'
    ? (read(claims) as TokenClaims)
    : undefined;
}

const signature = (text: string, secret: string): Buffer =>
  createHmac('sha256', secret).update(text).digest();
