import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FiresteelError } from '@firesteel/common';
import type { ApplicationControl, ApplicationSource } from '../api/application-source.js';
import { answer, BadQuery } from '../api/routes.js';
import type { SessionView } from '../api/types.js';
import { Access } from './access.js';
import { ChangeStream } from './change-stream.js';
import { readForm } from './form.js';
import type { Metrics } from './metrics.js';
import { StaticFiles } from './static-files.js';

export interface UiServerOptions {
  readonly source: ApplicationSource;
  /** Absent where nothing can be changed. */
  readonly control?: ApplicationControl;
  /** Absent where there is nothing to measure. */
  readonly metrics?: Metrics;
  readonly host: string;
  readonly port: number;
  readonly token: string | undefined;
  /** Of Firesteel. */
  readonly version: string;
  /** Whether the process lives as long as the server. */
  readonly keepsProcess: boolean;
}

/** As Spark: so many further ports are tried. */
const MAX_PORT_TRIES = 16;
const MAX_CONNECTIONS = 256;

const securityHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Serves pages, the REST interface and metrics. */
export class UiServer {
  readonly #options: UiServerOptions;
  readonly #server: Server;
  readonly #access: Access;
  readonly #changes: ChangeStream;
  readonly #files = new StaticFiles();

  private constructor(options: UiServerOptions, server: Server) {
    this.#options = options;
    this.#server = server;
    const { port } = server.address() as AddressInfo;
    this.#access = new Access({ token: options.token, port });
    this.#changes = new ChangeStream(options.source);
    server.maxConnections = MAX_CONNECTIONS;
    if (!options.keepsProcess) {
      server.unref();
      server.on('connection', (socket) => socket.unref());
    }
    server.on('request', (request, response) => {
      this.#handle(request, response).catch((error: unknown) => fail(response, error));
    });
  }

  /**
   * Listens on the port, or on one of the next, or on any that is free.
   *
   * @throws FiresteelError PORT_NOT_AVAILABLE
   */
  static async listen(options: UiServerOptions): Promise<UiServer> {
    const { host, port } = options;
    const ports = Array.from({ length: MAX_PORT_TRIES + 1 }, (_, i) => port + i);
    const tries = port === 0 ? [0] : [...ports.filter((next) => next <= 65_535), 0];
    let lastError: unknown;
    for (const next of tries) {
      try {
        return new UiServer(options, await listening(host, next));
      } catch (error) {
        lastError = error;
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') break;
      }
    }
    throw new FiresteelError(
      'PORT_NOT_AVAILABLE',
      `The web pages cannot be served on ${host}, port ${port}: ${(lastError as Error).message}. Set ui.host and ui.port, or ui.enabled to false.`,
      { cause: lastError, data: { host, port } },
    );
  }

  /** Where it can be reached from the host that it is bound to. */
  get url(): string {
    const { address, family, port } = this.#server.address() as AddressInfo;
    const host = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[address];
    return `http://${host ?? (family === 'IPv6' ? `[${address}]` : address)}:${port}/`;
  }

  async close(): Promise<void> {
    this.#changes.close();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    const url =
      URL.canParse(request.url ?? '', 'http://host') && new URL(request.url ?? '', 'http://host');
    if (url === false) return reply(response, 400, { error: 'The address cannot be understood.' });
    const path = url.pathname.split('/').filter((part) => part !== '');
    const isGet = request.method === 'GET' || request.method === 'HEAD';
    if (request.method === 'POST' && path[0] === 'login') return this.#logIn(request, response);
    // What logging in takes is no secret.
    const isAsset = path[0] === 'assets';
    const verdict = this.#access.judge(request);
    if (verdict === 'wrongHost')
      return reply(response, 403, {
        error:
          'These pages answer to names of the loopback interface only, such as localhost. Set ui.token to serve them by other names.',
      });
    if (verdict === 'unknown' && !isAsset) return this.#askForToken(path, response);
    if (request.method === 'POST') return this.#change(request, response, path);
    if (!isGet) return reply(response, 405, { error: `There is no ${request.method} here.` });
    if (path[0] === 'api') return this.#answer(response, path.slice(1), url.searchParams);
    if (path[0] === 'metrics' && path.length === 1) return this.#measure(response);
    const file = path.length === 0 ? this.#files.page('index') : this.#files.find(path.join('/'));
    if (file === undefined) return reply(response, 404, { error: 'There is no such page.' });
    send(response, 200, file.content, file.type, file.isImmutable);
  }

  #askForToken(path: readonly string[], response: ServerResponse): void {
    if (path[0] === 'api' || path[0] === 'metrics') {
      response.setHeader('WWW-Authenticate', 'Bearer');
      reply(response, 401, { error: 'Send the header Authorization: Bearer <ui.token>.' });
    } else {
      const { content, type } = this.#files.page('login');
      send(response, 401, content, type);
    }
  }

  async #logIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = await readForm(request);
    const cookie = this.#access.logIn(form?.get('token') ?? '');
    if (cookie !== undefined) response.setHeader('Set-Cookie', cookie);
    // Relative, because a proxy may serve these pages below a path of its own.
    response.writeHead(303, { Location: './' }).end();
  }

  async #answer(
    response: ServerResponse,
    [version, ...path]: readonly string[],
    query: URLSearchParams,
  ): Promise<void> {
    const { source } = this.#options;
    if (version === 'v1' && path[0] === 'session') return reply(response, 200, this.#session());
    if (version !== 'v1' || path[0] !== 'applications') return reply(response, 404, notFound);
    const [appId, what, ...more] = path.slice(1).map(decoded);
    if (appId !== undefined && more.length === 0 && what === 'changes')
      return this.#changes.add(response, appId);
    if (appId !== undefined && more.length === 0 && what === 'logs') {
      const log = (await source.open(appId))?.eventLogPath;
      if (log === undefined) return reply(response, 404, notFound);
      response.setHeader('Content-Type', 'application/jsonl');
      const stream = createReadStream(log);
      stream.on('error', (error) => fail(response, error));
      stream.pipe(response);
      return;
    }
    try {
      const found = await answer(source, path.slice(1).map(decoded), query);
      if (found === undefined) reply(response, 404, notFound);
      else reply(response, 200, found);
    } catch (error) {
      if (!(error instanceof BadQuery)) throw error;
      reply(response, 400, { error: error.message });
    }
  }

  #session(): SessionView {
    const { control, source, version } = this.#options;
    return {
      version,
      isLive: source.isLive,
      ...(control !== undefined && { requestToken: this.#access.requestToken }),
    };
  }

  async #change(
    request: IncomingMessage,
    response: ServerResponse,
    path: readonly string[],
  ): Promise<void> {
    const { control, source } = this.#options;
    const [api, version, applications, appId, what, id, kill] = path;
    const isKill =
      `${api}/${version}/${applications}` === 'api/v1/applications' &&
      (what === 'jobs' || what === 'stages') &&
      kill === 'kill' &&
      path.length === 7 &&
      /^\d{1,15}$/.test(id ?? '');
    if (!isKill || control === undefined) return reply(response, 404, notFound);
    if (!this.#access.mayChange(request))
      return reply(response, 403, {
        error:
          'Send the header X-Firesteel-Token with the requestToken of /api/v1/session, or Authorization: Bearer <ui.token>.',
      });
    if ((await source.open(decoded(appId as string))) === undefined)
      return reply(response, 404, notFound);
    const reason = 'it was cancelled from the web pages';
    if (what === 'jobs') control.cancelJob(Number(id), reason);
    else control.cancelStage(Number(id), reason);
    reply(response, 202, {});
  }

  async #measure(response: ServerResponse): Promise<void> {
    const { metrics } = this.#options;
    if (metrics === undefined) return reply(response, 404, notFound);
    const { content, type } = await metrics.text();
    send(response, 200, Buffer.from(content), type);
  }
}

const notFound = { error: 'There is nothing of that name.' };

function listening(host: string, port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function reply(response: ServerResponse, status: number, value: object): void {
  send(response, status, Buffer.from(JSON.stringify(value)), 'application/json; charset=utf-8');
}

function send(
  response: ServerResponse,
  status: number,
  content: Buffer,
  type: string,
  isImmutable = false,
): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': content.length,
    'Cache-Control': isImmutable ? 'max-age=31536000, immutable' : 'no-store',
  });
  response.end(content);
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else
    reply(response, 500, {
      error: FiresteelError.is(error) ? error.message : 'The server has failed to answer.',
    });
}
