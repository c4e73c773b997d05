import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { listenInRange, type PortRange, type Secret, type TlsOptions } from '@firesteel/rpc';
import { type BlockPiece, frameBytes, frameHeader, type MapBlock } from './block-frames.js';
import {
  authorizedNonce,
  type BlockId,
  type BlockRequest,
  PARTS_HEADER,
  type PieceRange,
  parseRequestPath,
  parseStoredBlockPath,
  SERVER_PROOF_HEADER,
  type StoredBlockId,
  serverProof,
} from './block-request.js';

/** Where blocks come from, and who may read them. */
export interface BlockSource {
  readonly secret: Secret;
  /** Of a block the bytes of a range, as far as it has them; undefined if it is not here. */
  readonly find: (id: BlockId, range: PieceRange) => Promise<BlockPiece | undefined>;
  /** The parts of a stored block; undefined if it is not here. */
  readonly findStored: (id: StoredBlockId) => Promise<readonly Uint8Array[] | undefined>;
}

export interface HttpServerOptions {
  readonly tls?: TlsOptions;
  readonly bindAddress: string;
  readonly ports: PortRange;
}

export type BlockServerOptions = BlockSource & HttpServerOptions;

const MAX_CONNECTIONS = 4096;

/**
 * Serves blocks over HTTP, many in one answer, to readers that know the secret. 410 names the map
 * partition or part that is not here; anybody else gets 403 and a closed connection.
 */
export class BlockServer {
  readonly port: number;
  readonly #server: Server;

  private constructor(port: number, server: Server) {
    this.port = port;
    this.#server = server;
  }

  /** @throws FiresteelError PORT_NOT_AVAILABLE */
  static listen(options: BlockServerOptions): Promise<BlockServer> {
    return BlockServer.serve(options, (request, response) =>
      answerBlocks(options, request.url ?? '', request, response),
    );
  }

  /**
   * Listens with another answer to requests, with the same limits for strangers.
   * @throws FiresteelError PORT_NOT_AVAILABLE
   */
  static async serve(
    options: HttpServerOptions,
    answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  ): Promise<BlockServer> {
    const limits = { headersTimeout: 10_000, requestTimeout: 10_000, keepAliveTimeout: 60_000 };
    const respond = (request: IncomingMessage, response: ServerResponse) =>
      void answer(request, response).catch(() => response.destroy());
    const server =
      options.tls === undefined
        ? createServer(limits, respond)
        : createTlsServer({ ...limits, ...options.tls }, respond);
    server.maxConnections = MAX_CONNECTIONS;
    return new BlockServer(await listenInRange(server, options.bindAddress, options.ports), server);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}

/**
 * Answers a request for blocks.
 *
 * @param inner what of the path names the blocks; both sides prove that they mean the whole of it
 */
export async function answerBlocks(
  options: BlockSource,
  inner: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url ?? '';
  const nonce = authorizedNonce(options.secret, path, request.headers.authorization);
  if (nonce === undefined) {
    refuse(response, 403);
    return;
  }
  const isRead = request.method === 'GET';
  const wanted = isRead ? parseRequestPath(inner) : undefined;
  const stored = isRead && wanted === undefined ? parseStoredBlockPath(inner) : undefined;
  if (wanted === undefined && stored === undefined) {
    refuse(response, 400);
    return;
  }
  response.setHeader(SERVER_PROOF_HEADER, serverProof(options.secret, path, nonce));
  if (stored !== undefined) await sendStored(response, options.findStored(stored));
  else if (wanted !== undefined) {
    const { blocks, missing } = await blocksOf(options, wanted);
    if (missing === undefined) await send(response, blocks);
    else gone(response, missing);
  }
}

async function sendStored(
  response: ServerResponse,
  found: ReturnType<BlockSource['findStored']>,
): Promise<void> {
  // One that cannot be read is as good as gone; the reader computes it again.
  const parts = await found.catch(() => undefined);
  if (parts === undefined) {
    gone(response, 0);
    return;
  }
  response.setHeader(PARTS_HEADER, parts.length);
  await send(
    response,
    parts.map((bytes, part) => ({
      mapPartition: part,
      bytes,
      sizeBytes: bytes.length,
      version: 0,
    })),
  );
}

function gone(response: ServerResponse, missing: number): void {
  response.writeHead(410, { 'content-type': 'text/plain' }).end(String(missing));
}

/** Anybody may ask; nobody learns more than the status. */
export function refuse(response: ServerResponse, status: number): void {
  response.shouldKeepAlive = false;
  response.writeHead(status).end();
}

async function blocksOf(
  { find }: BlockSource,
  { shuffleId, partition, mapPartitions, maxBytes, rest }: BlockRequest,
): Promise<{ blocks: MapBlock[]; missing?: number }> {
  const blocks: MapBlock[] = [];
  let size = 0;
  for (const mapPartition of mapPartitions) {
    const range = { from: rest?.from ?? 0, maxBytes: maxBytes - size };
    const piece = await find({ shuffleId, mapPartition, partition }, range);
    const isGone = piece === undefined || (rest !== undefined && piece.version !== rest.version);
    if (isGone) return { blocks, missing: mapPartition };
    const isWhole = range.from + piece.bytes.length === piece.sizeBytes;
    if (!isWhole && blocks.length > 0) break;
    blocks.push({ mapPartition, ...piece });
    size += piece.bytes.length;
    if (!isWhole || size >= maxBytes) break;
  }
  return { blocks };
}

/** Writes as fast as the reader takes it. */
async function send(response: ServerResponse, blocks: readonly MapBlock[]): Promise<void> {
  const size = blocks.reduce((sum, { bytes }) => sum + frameBytes(bytes), 0);
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': size,
  });
  let isClosed = false;
  let wake = () => {};
  response.on('close', () => {
    isClosed = true;
    wake();
  });
  response.on('drain', () => wake());
  for (const block of blocks) {
    response.write(frameHeader(block));
    const { buffer, byteOffset, length } = block.bytes;
    if (length === 0 || response.write(Buffer.from(buffer, byteOffset, length))) continue;
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (isClosed) resolve();
    });
    if (isClosed) return;
  }
  response.end();
}
