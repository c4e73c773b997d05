import type { Secret } from '@firesteel/rpc';

/** Which blocks of one executor a reader wants: one reduce partition, of several map partitions. */
export interface BlockRequest {
  readonly shuffleId: number;
  readonly partition: number;
  /** In the order in which they are to come. */
  readonly mapPartitions: readonly number[];
  /**
   * The answer has so many bytes of blocks at most: as many whole ones as fit, or a piece of the first.
   * The reader asks for the rest.
   */
  readonly maxBytes: number;
  /** Of the only block: from where on, and of which version, its rest is wanted. */
  readonly rest?: { readonly from: number; readonly version: number };
}

/** A reduce partition in a map output. */
export interface BlockId {
  readonly shuffleId: number;
  readonly mapPartition: number;
  readonly partition: number;
}

/** Bytes of a block from `from` on, so many at most. */
export interface PieceRange {
  readonly from: number;
  readonly maxBytes: number;
}

/** So many map partitions go into one URL, so that it stays far below the limit of headers. */
export const MAX_MAP_PARTITIONS = 1000;

export function requestPath(request: BlockRequest): string {
  const { shuffleId, partition, mapPartitions, maxBytes, rest } = request;
  const tail = rest === undefined ? '' : `&from=${rest.from}&version=${rest.version}`;
  return `/shuffle/${shuffleId}/${partition}?maps=${rangesOf(mapPartitions)}&max=${maxBytes}${tail}`;
}

const PATH =
  /^\/shuffle\/(\d{1,10})\/(\d{1,10})\?maps=([\d,-]{1,12000})&max=(\d{1,15})(?:&from=(\d{1,15})&version=(\d{1,10}))?$/;

/** The request that a path stands for; undefined if it stands for none. */
export function parseRequestPath(path: string): BlockRequest | undefined {
  const match = PATH.exec(path);
  if (match === null) return undefined;
  const mapPartitions: number[] = [];
  for (const range of (match[3] as string).split(',')) {
    const ends = /^(\d+)(?:-(\d+))?$/.exec(range);
    if (ends === null) return undefined;
    const first = Number(ends[1]);
    const last = Number(ends[2] ?? ends[1]);
    if (last < first) return undefined;
    if (mapPartitions.length + last - first >= MAX_MAP_PARTITIONS) return undefined;
    for (let p = first; p <= last; p++) mapPartitions.push(p);
  }
  const [shuffleId, partition, maxBytes] = [match[1], match[2], match[4]].map(Number) as [
    number,
    number,
    number,
  ];
  const request = { shuffleId, partition, mapPartitions, maxBytes };
  if (match[5] === undefined) return request;
  if (mapPartitions.length !== 1) return undefined;
  return { ...request, rest: { from: Number(match[5]), version: Number(match[6]) } };
}

/** `[0, 1, 2, 5]` as `0-2,5`. */
function rangesOf(numbers: readonly number[]): string {
  const ranges: string[] = [];
  for (let i = 0; i < numbers.length; ) {
    const first = numbers[i] as number;
    let length = 1;
    while (numbers[i + length] === first + length) length++;
    ranges.push(length === 1 ? `${first}` : `${first}-${first + length - 1}`);
    i += length;
  }
  return ranges.join(',');
}

/** A block that is read as a whole, in one or more parts. */
export type StoredBlockId =
  /** What a task ended with, too large for a message to the driver. */
  | { readonly kind: 'outcome'; readonly taskId: number }
  /** A cached partition. */
  | { readonly kind: 'cached'; readonly rddId: number; readonly partition: number }
  /** A whole map output. */
  | { readonly kind: 'output'; readonly shuffleId: number; readonly mapPartition: number };

export function storedBlockPath(id: StoredBlockId): string {
  switch (id.kind) {
    case 'outcome':
      return `/outcome/${id.taskId}`;
    case 'cached':
      return `/cached/${id.rddId}/${id.partition}`;
    case 'output':
      return `/output/${id.shuffleId}/${id.mapPartition}`;
  }
}

const STORED_PATH = /^\/(?:outcome\/(\d{1,15})|(cached|output)\/(\d{1,15})\/(\d{1,10}))$/;

/** The stored block that a path stands for; undefined if it stands for none. */
export function parseStoredBlockPath(path: string): StoredBlockId | undefined {
  const match = STORED_PATH.exec(path);
  if (match === null) return undefined;
  const [, taskId, kind, owner, partition] = match;
  if (taskId !== undefined) return { kind: 'outcome', taskId: Number(taskId) };
  return kind === 'cached'
    ? { kind, rddId: Number(owner), partition: Number(partition) }
    : { kind: 'output', shuffleId: Number(owner), mapPartition: Number(partition) };
}

/** Of an answer with a stored block: how many parts it has. */
export const PARTS_HEADER = 'x-firesteel-parts';

const NONCE_BYTES = 16;
export const SERVER_PROOF_HEADER = 'x-firesteel-proof';

/**
 * Both sides of a request prove that they belong to the application: the reader by an HMAC over a
 * nonce and the path, the server by another one over the same. Neither proof fits another path.
 */
export function authorize(secret: Secret, path: string): { header: string; nonce: Buffer } {
  // Not imported: it takes a thread 10 ms to load what only processes use.
  const { randomBytes } = process.getBuiltinModule('node:crypto');
  const nonce = randomBytes(NONCE_BYTES);
  const proof = secret.prove('read blocks', nonce, Buffer.from(path));
  return { header: `Firesteel ${nonce.toString('hex')}.${proof.toString('hex')}`, nonce };
}

/** The nonce of a reader that proved itself. */
export function authorizedNonce(
  secret: Secret,
  path: string,
  header: string | undefined,
): Buffer | undefined {
  const match = /^Firesteel ([0-9a-f]{32})\.([0-9a-f]{64})$/.exec(header ?? '');
  if (match === null) return undefined;
  const nonce = Buffer.from(match[1] as string, 'hex');
  const proof = Buffer.from(match[2] as string, 'hex');
  return secret.verify(proof, 'read blocks', nonce, Buffer.from(path)) ? nonce : undefined;
}

export function serverProof(secret: Secret, path: string, nonce: Uint8Array): string {
  return secret.prove('serve blocks', nonce, Buffer.from(path)).toString('hex');
}
