import { createRequire } from 'node:module';
import { Writable } from 'node:stream';
import type { Secret, TlsOptions } from '@firesteel/rpc';
import type { Agent } from 'undici';
import { executorPath, type ServiceIdentity } from '../service/service-paths.js';
import { BlockReceiver, CorruptBlocks, HEADER_BYTES, type MapBlock } from './block-frames.js';
import {
  authorize,
  type BlockRequest,
  PARTS_HEADER,
  requestPath,
  SERVER_PROOF_HEADER,
  type StoredBlockId,
  serverProof,
  storedBlockPath,
} from './block-request.js';

const require = createRequire(import.meta.url);

export interface BlockClientOptions {
  readonly secret: Secret;
  readonly tls?: TlsOptions;
  /** How often a request is tried again when a connection fails or blocks arrive damaged. */
  readonly maxRetries: number;
  readonly retryWaitMs: number;
  /** Of the application, for blocks that shuffle services keep. */
  readonly service?: ServiceIdentity;
}

/** Where blocks are. */
export interface BlockPlace {
  readonly host: string;
  readonly port: number;
  /** The executor whose blocks a shuffle service serves there; absent for an executor itself. */
  readonly servedFor?: string;
}

/** Blocks could not be had, for good. */
export class BlocksUnavailable extends Error {
  constructor(
    readonly mapPartition: number,
    /** Whether the server itself could not be reached. */
    readonly isUnreachable: boolean,
    reason: string,
  ) {
    super(reason);
  }
}

/** What a path is expected to give. */
interface Wanted {
  readonly path: string;
  /** What is missing if nothing comes. */
  readonly first: number;
  /** The first byte of the blocks that is wanted. */
  readonly from?: number;
  /** The numbers that the blocks have, given how many the server announces. */
  readonly parts: (announced: number) => readonly number[];
  /** Whether an answer with the first of the blocks does not do. */
  readonly isWhole: boolean;
}

/** Reads blocks of other executors; one per process, with connections that are used again. */
export class BlockClient {
  readonly #options: BlockClientOptions;
  readonly #agent: Agent;

  constructor(options: BlockClientOptions) {
    this.#options = options;
    const { tls } = options;
    // Loading it takes longer than starting a thread; drivers and threads of one process need none.
    const undici = require('undici') as typeof import('undici');
    this.#agent = new undici.Agent({
      keepAliveTimeout: 30_000,
      headersTimeout: 30_000,
      bodyTimeout: 30_000,
      connect: {
        timeout: 10_000,
        ...(tls === undefined ? {} : { ...tls, checkServerIdentity: () => undefined }),
      },
    });
  }

  /**
   * The blocks, or the first of them, in the order of the request; at least one, or a piece of it.
   * @throws BlocksUnavailable
   */
  async fetch(place: BlockPlace, request: BlockRequest): Promise<readonly MapBlock[]> {
    const { mapPartitions } = request;
    return this.#fetch(place, {
      path: requestPath(request),
      first: mapPartitions[0] as number,
      from: request.rest?.from ?? 0,
      parts: () => mapPartitions,
      isWhole: false,
    });
  }

  /**
   * The parts of a stored block, in shared memory.
   * @throws BlocksUnavailable
   */
  async fetchStored(host: string, port: number, id: StoredBlockId): Promise<readonly Uint8Array[]> {
    const blocks = await this.#fetch(
      { host, port },
      {
        path: storedBlockPath(id),
        first: 0,
        parts: (stored) => Array.from({ length: stored }, (_, part) => part),
        isWhole: true,
      },
    );
    return blocks.map(({ bytes }) => bytes);
  }

  async #fetch(place: BlockPlace, inner: Wanted): Promise<readonly MapBlock[]> {
    const { maxRetries, retryWaitMs, service } = this.#options;
    const { servedFor } = place;
    const isServed = servedFor !== undefined && service !== undefined;
    const secret = isServed ? service.secret : this.#options.secret;
    const prefix = isServed ? executorPath(service.applicationId, servedFor) : '';
    const wanted = { ...inner, path: `${prefix}${inner.path}` };
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#fetchOnce(place, secret, wanted);
      } catch (error) {
        if (error instanceof BlocksUnavailable) throw error;
        if (attempt >= maxRetries) throw unavailable(error, wanted.first);
        await new Promise((resolve) => setTimeout(resolve, retryWaitMs));
      }
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  async #fetchOnce(
    { host, port }: BlockPlace,
    secret: Secret,
    { path, first, from, parts, isWhole }: Wanted,
  ): Promise<readonly MapBlock[]> {
    const { tls } = this.#options;
    const { header, nonce } = authorize(secret, path);
    const protocol = tls === undefined ? 'http' : 'https';
    const bracketed = host.includes(':') ? `[${host}]` : host;
    let status = 0;
    let receiver: BlockReceiver | undefined;
    const chunks: Uint8Array[] = [];
    await this.#agent.stream(
      {
        origin: `${protocol}://${bracketed}:${port}`,
        path,
        method: 'GET',
        headers: { authorization: header },
      },
      ({ statusCode, headers }) => {
        status = statusCode;
        const isProved = headers[SERVER_PROOF_HEADER] === serverProof(secret, path, nonce);
        if (!isProved) status = 403;
        else if (statusCode === 200) {
          const size = Number(headers['content-length']);
          const announced = Math.min(Number(headers[PARTS_HEADER]), size / HEADER_BYTES);
          receiver = new BlockReceiver(parts(announced), size, from);
        }
        return new Writable({
          write(chunk: Uint8Array, _encoding, done) {
            try {
              if (receiver !== undefined) receiver.push(chunk);
              else if (chunks.length === 0) chunks.push(chunk.subarray(0, 16));
              done();
            } catch (error) {
              done(error as Error);
            }
          },
        });
      },
    );
    if (status === 410)
      throw new BlocksUnavailable(
        Number(Buffer.concat(chunks).toString()),
        false,
        'it is not there',
      );
    if (receiver === undefined)
      throw new BlocksUnavailable(
        first,
        false,
        status === 403
          ? 'the server there is none of this application'
          : `the server answered with status ${status}`,
      );
    return receiver.finish(isWhole);
  }
}

function unavailable(error: unknown, first: number): BlocksUnavailable {
  const { message } = error as Error;
  return error instanceof CorruptBlocks
    ? new BlocksUnavailable(error.mapPartition, false, message)
    : new BlocksUnavailable(first, true, message);
}
