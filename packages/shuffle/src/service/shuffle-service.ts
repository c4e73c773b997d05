import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  authorizedNonce,
  type BlockId,
  type PieceRange,
  SERVER_PROOF_HEADER,
  serverProof,
} from '../transfer/block-request.js';
import {
  answerBlocks,
  BlockServer,
  type HttpServerOptions,
  refuse,
} from '../transfer/block-server.js';
import { ServedApplications } from './served-applications.js';
import { parseServicePath, type ServiceCommand } from './service-paths.js';

export interface ShuffleServiceOptions extends HttpServerOptions {
  /** The directory that it shares with the executors of its host. */
  readonly directory: string;
  /** An application that is silent for longer has ended: its files are removed. */
  readonly timeoutMs: number;
  /** How often it looks for those. */
  readonly cleanerIntervalMs: number;
}

/**
 * Serves the map outputs of all applications on a host, whether their executors still run or not
 * (docs/shuffle-service.md). Readers and drivers prove that they belong to the application.
 */
export class ShuffleService {
  readonly #options: ShuffleServiceOptions;
  readonly #applications: ServedApplications;
  readonly #metrics = { requests: 0, refused: 0, bytes: 0, removed: 0 };
  #server: BlockServer | undefined;
  #cleaner: NodeJS.Timeout | undefined;

  private constructor(options: ShuffleServiceOptions) {
    this.#options = options;
    this.#applications = new ServedApplications(options.directory);
  }

  /** @throws FiresteelError PORT_NOT_AVAILABLE */
  static async start(options: ShuffleServiceOptions): Promise<ShuffleService> {
    const service = new ShuffleService(options);
    service.#applications.scan(performance.now());
    service.#server = await BlockServer.serve(options, (request, response) =>
      service.#answer(request, response),
    );
    service.#cleaner = setInterval(() => service.removeSilent(), options.cleanerIntervalMs);
    return service;
  }

  get port(): number {
    return (this.#server as BlockServer).port;
  }

  /** Removes the files of applications that have ended without saying so. */
  removeSilent(): void {
    const { timeoutMs } = this.#options;
    this.#metrics.removed += this.#applications.removeSilent(performance.now(), timeoutMs).length;
  }

  async close(): Promise<void> {
    clearInterval(this.#cleaner);
    await this.#server?.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#metrics.requests += 1;
    const path = request.url ?? '';
    if (request.method === 'GET' && path === '/metrics') {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(this.#text());
      return;
    }
    const parsed = parseServicePath(path);
    const { applicationId = '', blocks, command } = parsed ?? {};
    const application = this.#applications.find(applicationId, performance.now());
    const { authorization } = request.headers;
    // Whoever does not know the secret does not learn either whether the application exists.
    const nonce = application && authorizedNonce(application.secret, path, authorization);
    if (application === undefined || nonce === undefined) {
      this.#metrics.refused += 1;
      refuse(response, 403);
      return;
    }
    application.seenAtMs = performance.now();
    if (blocks !== undefined) {
      const { executorId, path: inner } = blocks;
      const find = async (id: BlockId, range: PieceRange) => {
        const piece = await this.#applications.block(applicationId, executorId, id, range);
        this.#metrics.bytes += piece?.bytes.length ?? 0;
        return piece;
      };
      const source = { secret: application.secret, find, findStored: async () => undefined };
      await answerBlocks(source, inner, request, response);
      return;
    }
    if (request.method !== 'POST' || command === undefined) {
      refuse(response, 400);
      return;
    }
    response.setHeader(SERVER_PROOF_HEADER, serverProof(application.secret, path, nonce));
    response.writeHead(await this.#obey(applicationId, command)).end();
  }

  /** The status of the answer. */
  async #obey(applicationId: string, command: ServiceCommand): Promise<number> {
    switch (command.kind) {
      case 'register':
        return this.#applications.hasExecutor(applicationId, command.executorId) ? 200 : 404;
      case 'removeShuffle':
        await this.#applications.removeShuffle(applicationId, command.shuffleId);
        return 200;
      case 'remove':
        this.#applications.remove(applicationId);
        return 200;
      case 'heartbeat':
        return 200;
    }
  }

  /** In the text format of Prometheus. */
  #text(): string {
    const { requests, refused, bytes, removed } = this.#metrics;
    const lines: [name: string, type: string, value: number][] = [
      ['applications', 'gauge', this.#applications.count],
      ['requests_total', 'counter', requests],
      ['refused_requests_total', 'counter', refused],
      ['block_bytes_total', 'counter', bytes],
      ['removed_applications_total', 'counter', removed],
    ];
    return lines
      .map(([name, type, value]) => {
        const full = `firesteel_shuffle_service_${name}`;
        return `# TYPE ${full} ${type}\n${full} ${value}\n`;
      })
      .join('');
  }
}
