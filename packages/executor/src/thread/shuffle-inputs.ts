import { FiresteelError } from '@firesteel/common';
import type { ExecutorAddress, MapOutput } from '@firesteel/plan';
import {
  type BlockRequest,
  type InputFrame,
  localFrames,
  MAX_MAP_PARTITIONS,
  type MapBlock,
  type TaskSpace,
} from '@firesteel/shuffle';
import { FetchFailed } from '../pipeline/running-task.js';
import type { FetchRequest, FetchResult } from './fetch-messages.js';
import { remoteFrames } from './remote-frames.js';

/** Fetched bytes that wait for their turn, over all executors (Spark's reducer.maxSizeInFlight). */
const MAX_FETCHED_BYTES = 48 * 1024 ** 2;
const MIN_FETCHED_BYTES = 1024 ** 2;
/** Of the memory of a task. */
const FETCHED_PART = 0.25;

/** What one executor holds of what is to be read, in the order of the map partitions. */
interface RemoteOutputs {
  readonly address: ExecutorAddress;
  readonly waiting: number[];
  /** Fetched blocks that were not read yet. */
  fetched: number;
}

/**
 * The blocks of a reduce partition, map output by map output: from this process where they are,
 * from others by fetching a window of all executors at once. A reader holds one window; a block that
 * is larger comes in pieces.
 */
export function* shuffleInputs(
  outputs: readonly MapOutput[],
  partition: number,
  { files, memory }: TaskSpace,
  fetch: (requests: readonly FetchRequest[]) => FetchResult,
): Generator<Iterable<InputFrame>> {
  const remotes = remoteOutputs(outputs);
  const part = Math.max(MIN_FETCHED_BYTES, FETCHED_PART * memory.partBytes);
  const maxBytes = Math.ceil(Math.min(MAX_FETCHED_BYTES, part) / remotes.size);
  const fetched = new Map<number, MapBlock>();
  for (const output of outputs) {
    const { shuffleId, mapPartition, location } = output;
    if (location.kind !== 'executor') {
      yield guarded(output, localFrames(output, partition, files));
      continue;
    }
    const remote = remotes.get(location.address.executorId) as RemoteOutputs;
    if (remote.fetched === 0)
      fetchWindow(remotes, { shuffleId, partition, maxBytes }, fetch, fetched);
    const block = fetched.get(mapPartition);
    if (block === undefined) throw new FetchFailed(shuffleId, mapPartition, 'it did not come');
    fetched.delete(mapPartition);
    remote.fetched -= 1;
    const { address } = remote;
    const frames = remoteFrames(block, maxBytes, (wanted) => {
      const blocks = { shuffleId, partition, mapPartitions: [mapPartition], ...wanted };
      const [piece] = fetchBlocks([{ address, blocks }], shuffleId, fetch)[0] ?? [];
      const { from } = wanted.rest;
      if (piece?.bytes.length !== Math.min(wanted.maxBytes, block.sizeBytes - from))
        throw new FetchFailed(shuffleId, mapPartition, 'it came in part only', address.executorId);
      return piece;
    });
    yield guarded(output, frames);
  }
}

/** The frames of an output that is made again if they turn out to be damaged. */
function* guarded(output: MapOutput, frames: Iterable<InputFrame>): Generator<InputFrame> {
  const iterator = frames[Symbol.iterator]();
  for (;;) {
    const next = orFetchFailed(output, () => iterator.next());
    if (next.done === true) return;
    const frame = next.value;
    yield {
      header: frame.header,
      heldBytes: frame.heldBytes,
      open: () => orFetchFailed(output, () => frame.open()),
      stored: () => orFetchFailed(output, () => frame.stored()),
    };
  }
}

function orFetchFailed<T>({ shuffleId, mapPartition, location }: MapOutput, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const isLost =
      FiresteelError.is(error, 'SHUFFLE_BLOCK_CORRUPT') ||
      FiresteelError.is(error, 'BLOCK_CORRUPT') ||
      FiresteelError.is(error, 'LOCAL_DISK_FAILED');
    if (!isLost) throw error;
    const { code, message } = error as FiresteelError;
    const holder = location.kind === 'executor' ? location.address.executorId : undefined;
    throw new FetchFailed(shuffleId, mapPartition, `${code}: ${message}`, holder);
  }
}

function remoteOutputs(outputs: readonly MapOutput[]): Map<string, RemoteOutputs> {
  const remotes = new Map<string, RemoteOutputs>();
  for (const { mapPartition, location } of outputs) {
    if (location.kind !== 'executor') continue;
    const { address } = location;
    const remote = remotes.get(address.executorId);
    if (remote !== undefined) remote.waiting.push(mapPartition);
    else remotes.set(address.executorId, { address, waiting: [mapPartition], fetched: 0 });
  }
  for (const { waiting } of remotes.values()) waiting.reverse();
  return remotes;
}

/** Asks every executor of which nothing is left for its next blocks. */
function fetchWindow(
  remotes: ReadonlyMap<string, RemoteOutputs>,
  wanted: Pick<BlockRequest, 'shuffleId' | 'partition' | 'maxBytes'>,
  fetch: (requests: readonly FetchRequest[]) => FetchResult,
  fetched: Map<number, MapBlock>,
): void {
  const asked = [...remotes.values()].filter((r) => r.fetched === 0 && r.waiting.length > 0);
  const requests = asked.map(({ address, waiting }) => ({
    address,
    blocks: { ...wanted, mapPartitions: waiting.slice(-MAX_MAP_PARTITIONS).reverse() },
  }));
  const blocks = fetchBlocks(requests, wanted.shuffleId, fetch);
  asked.forEach((remote, i) => {
    for (const block of blocks[i] ?? []) {
      fetched.set(block.mapPartition, block);
      remote.waiting.pop();
      remote.fetched += 1;
    }
  });
}

/** The blocks that came for each request. */
function fetchBlocks(
  requests: readonly FetchRequest[],
  shuffleId: number,
  fetch: (requests: readonly FetchRequest[]) => FetchResult,
): readonly (readonly MapBlock[])[] {
  const result = fetch(requests);
  if (result.kind === 'blocks') return result.blocks;
  const { mapPartition, reason, executorId, isUnreachable } = result;
  throw new FetchFailed(shuffleId, mapPartition, reason, executorId, isUnreachable);
}
