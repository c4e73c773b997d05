import type { MasterInfo } from '@firesteel/mesos-protocol';
import { authenticate, type Credential } from '../http/basic-authentication.js';
import { notFound } from '../http/call-body.js';
import type { RecordSplitter } from '../http/event-stream.js';
import {
  type HttpAnswer,
  type HttpRequest,
  HttpServer,
  type PlainAnswer,
  textAnswer,
} from '../http/server.js';
import type { Master } from './master.js';
import { answerOperator } from './operator-api.js';
import { answerScheduler } from './scheduler-api.js';
import { answerState } from './state-endpoints.js';

export interface MasterServerOptions {
  readonly credentials: readonly Credential[];
  readonly authenticateFrameworks: boolean;
  readonly authenticateOperators: boolean;
  /** `host:port` of the leader as this server knows it; undefined while there is none. */
  readonly leader: () => string | undefined;
  readonly split: () => RecordSplitter | undefined;
}

const mesosVersion = '1.12.0';

/** The HTTP side of one master process, leading or standing by. */
export class MasterServer {
  #server: HttpServer;
  #isDead = false;
  readonly #options: MasterServerOptions;
  /** The state of the cluster while this one leads. */
  master: Master | undefined;

  private constructor(server: HttpServer, options: MasterServerOptions) {
    this.#server = server;
    this.#options = options;
  }

  static async listen(
    host: string,
    port: number,
    options: MasterServerOptions,
  ): Promise<MasterServer> {
    const http = await HttpServer.listen(host, port, (request) => server.#answer(request));
    const server = new MasterServer(http, options);
    return server;
  }

  get address(): string {
    return this.#server.address;
  }

  get port(): number {
    return this.#server.port;
  }

  /** @param id new with each election, as with each start of a real master */
  info(id: string): MasterInfo {
    const { host, port, address } = this.#server;
    return {
      id,
      ip: Buffer.from(host.split('.').map(Number)).readUInt32LE(),
      port,
      pid: `master@${address}`,
      hostname: host,
      version: mesosVersion,
      address: { hostname: host, ip: host, port },
      capabilities: [{ type: 'AGENT_UPDATE' }, { type: 'AGENT_DRAINING' }, { type: 'QUOTA_V2' }],
    };
  }

  /** Whether its process is gone: nobody listens there. */
  get isDead(): boolean {
    return this.#isDead;
  }

  /** Ends like a killed process. */
  async kill(): Promise<void> {
    this.#isDead = true;
    await this.close();
  }

  /** Listens again where it did. */
  async restart(): Promise<void> {
    const { host, port } = this.#server;
    this.#server = await HttpServer.listen(host, port, (request) => this.#answer(request));
    this.#isDead = false;
  }

  async close(): Promise<void> {
    this.master?.stop();
    this.master = undefined;
    await this.#server.close();
  }

  #answer(request: HttpRequest): HttpAnswer {
    const path = request.path.replace(/^\/master(?=\/)/, '');
    if (path === '/health') return { status: 200 };
    if (path === '/redirect') return this.#redirect('');
    const endpoint = endpoints.find(({ pattern }) => pattern.test(path));
    if (endpoint === undefined) return notFound;
    const principal = authenticate(request, this.#options.credentials);
    if (this.#isGuarded(endpoint.kind) && principal === undefined && path !== '/version') {
      const challenge = { 'WWW-Authenticate': `Basic realm="mesos-master-${endpoint.kind}"` };
      return textAnswer(401, '401 Unauthorized.', challenge);
    }
    const { master } = this;
    if (master === undefined) {
      const query = request.query.size === 0 ? '' : `?${request.query}`;
      return this.#redirect(`/master${path}${query}`);
    }
    if (!master.recovered) return textAnswer(503, 'Master has not finished recovery');
    switch (endpoint.kind) {
      case 'scheduler': {
        const known = this.#isGuarded('scheduler') ? principal : undefined;
        return answerScheduler(master, request, known, this.#options.split());
      }
      case 'readwrite':
        return answerOperator(master, request, principal);
      default:
        return answerState(master, path, principal);
    }
  }

  #isGuarded(kind: EndpointKind): boolean {
    const { authenticateFrameworks, authenticateOperators } = this.#options;
    return kind === 'scheduler' ? authenticateFrameworks : authenticateOperators;
  }

  #redirect(path: string): PlainAnswer {
    const leader = this.#options.leader();
    return leader === undefined
      ? textAnswer(503, 'No leader elected')
      : { status: 307, headers: { Location: `//${leader}${path}` } };
  }
}

/** Named as in the authentication realms. */
type EndpointKind = 'scheduler' | 'readwrite' | 'readonly';

/** A longer path falls back to the nearest one that is known. */
const endpoints: readonly { readonly pattern: RegExp; readonly kind: EndpointKind }[] = [
  { pattern: /^\/api\/v1\/scheduler(\/|$)/, kind: 'scheduler' },
  { pattern: /^\/api\/v1(\/|$)/, kind: 'readwrite' },
  {
    pattern: /^\/(state|state-summary|frameworks|slaves|tasks|version|metrics\/snapshot)$/,
    kind: 'readonly',
  },
];
