import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { FiresteelError } from '@firesteel/common';

export interface HttpRequest {
  readonly method: string;
  /** Without the query and a trailing slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** A complete answer, or one that stays open and gets its body bit by bit. */
export type HttpAnswer = PlainAnswer | StreamAnswer;

export interface PlainAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

interface StreamAnswer {
  readonly status: 200;
  readonly headers: Readonly<Record<string, string>>;
  readonly open: (output: ServerResponse) => void;
}

/** An error body as Mesos writes them. */
export function textAnswer(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): PlainAnswer {
  return { status, headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers }, body };
}

const maxBodyBytes = 256 * 1024 * 1024;
const minGzipBytes = 1024;

/** A loopback HTTP server; requests are answered in the order in which their bodies are complete. */
export class HttpServer {
  readonly #server: Server;
  readonly host: string;
  readonly port: number;

  private constructor(server: Server, host: string, port: number) {
    this.#server = server;
    this.host = host;
    this.port = port;
  }

  /** @param port 0 for any free one */
  static async listen(
    host: string,
    port: number,
    answer: (request: HttpRequest) => HttpAnswer,
  ): Promise<HttpServer> {
    const server = createServer((request, response) => {
      readBody(request)
        .then(
          (body) => answer(toRequest(request, body)),
          (error: Error) => textAnswer(400, error.message),
        )
        .catch((fault: Error) => textAnswer(500, fault.stack ?? fault.message))
        .then((answered) => write(request, response, answered));
    });
    server.keepAliveTimeout = 0;
    server.requestTimeout = 0;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) =>
        reject(
          new FiresteelError('PORT_NOT_AVAILABLE', `Cannot listen on ${host}:${port}.`, { cause }),
        ),
      );
      server.listen(port, host, resolve);
    });
    return new HttpServer(server, host, (server.address() as AddressInfo).port);
  }

  get address(): string {
    return `${this.host}:${this.port}`;
  }

  /** Cuts every connection, as the death of a process does. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBodyBytes) throw new Error('The body is too large');
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip'
    ? gunzipSync(body, { maxOutputLength: maxBodyBytes })
    : body;
}

function toRequest(request: IncomingMessage, body: Buffer): HttpRequest {
  const url = new URL(request.url ?? '/', 'http://mesos');
  return {
    method: request.method ?? 'GET',
    path: url.pathname.replace(/(?<=.)\/+$/, ''),
    query: url.searchParams,
    headers: request.headers,
    body,
  };
}

function write(request: IncomingMessage, response: ServerResponse, answer: HttpAnswer): void {
  if ('open' in answer) {
    response.writeHead(answer.status, answer.headers);
    response.flushHeaders();
    answer.open(response);
    return;
  }
  const body = Buffer.from(answer.body ?? '');
  const zip =
    body.length >= minGzipBytes &&
    /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const sent = zip ? gzipSync(body) : body;
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(zip && { 'Content-Encoding': 'gzip' }),
    'Content-Length': sent.length,
  });
  response.end(sent);
}
