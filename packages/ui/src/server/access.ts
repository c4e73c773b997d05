import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isLoopbackHost } from '@firesteel/common';

export interface AccessOptions {
  /** What visitors have to know; without it, whoever reaches the loopback interface may look. */
  readonly token: string | undefined;
  /** Tells the cookies of servers on one host apart. */
  readonly port: number;
}

/** `wrongHost`: the request came by a name that this server does not have. */
export type Verdict = 'granted' | 'unknown' | 'wrongHost';

/**
 * Who may look and who may change something.
 *
 * Without a token, requests must name the loopback interface as their host: a page of another site
 * whose name was made to point here (DNS rebinding) is refused. With one, every request carries it,
 * as `Authorization: Bearer …` or by the cookie that logging in gives; a browser sends the cookie
 * for our own name only. Requests that change something carry a second, random token that only our
 * own pages can read, so that forms of other sites have no effect.
 */
export class Access {
  /** For requests that change something. */
  readonly requestToken = randomBytes(16).toString('hex');
  readonly #token: string | undefined;
  readonly #cookie: string;
  readonly #cookieName: string;

  constructor({ token, port }: AccessOptions) {
    this.#token = token;
    this.#cookieName = `firesteel-${port}`;
    this.#cookie = createHmac('sha256', token ?? this.requestToken)
      .update('cookie')
      .digest('hex');
  }

  judge(request: IncomingMessage): Verdict {
    if (this.#token === undefined) return isLoopbackHost(hostOf(request)) ? 'granted' : 'wrongHost';
    return this.#hasBearer(request) || this.#hasCookie(request) ? 'granted' : 'unknown';
  }

  /** Whether a request that was granted may also change something. */
  mayChange(request: IncomingMessage): boolean {
    if (this.#hasBearer(request)) return true;
    const { origin, host } = request.headers;
    // A proxy may have put TLS before these pages.
    const isOurs = origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
    if (!isOurs) return false;
    return same(String(request.headers['x-firesteel-token'] ?? ''), this.requestToken);
  }

  /** The cookie for a visitor who knows the token; undefined for one who does not. */
  logIn(token: string): string | undefined {
    if (this.#token === undefined || !same(token, this.#token)) return undefined;
    return `${this.#cookieName}=${this.#cookie}; HttpOnly; SameSite=Strict; Path=/`;
  }

  #hasBearer({ headers: { authorization = '' } }: IncomingMessage): boolean {
    const given = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
    return given !== undefined && this.#token !== undefined && same(given, this.#token);
  }

  #hasCookie({ headers: { cookie = '' } }: IncomingMessage): boolean {
    return cookie
      .split(';')
      .map((pair) => pair.trim().split('='))
      .some(([name, value = '']) => name === this.#cookieName && same(value, this.#cookie));
  }
}

/** The host of a request without its port. */
function hostOf({ headers: { host = '' } }: IncomingMessage): string {
  return /^\[(.*)\](:\d+)?$/.exec(host)?.[1] ?? host.replace(/:\d+$/, '').toLowerCase();
}

/** In the same time whatever is given. */
function same(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
