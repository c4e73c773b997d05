import { type BlockClient, BlocksUnavailable } from '@firesteel/shuffle/transfer';
import type { FetchBlocks, FetchRequest, FetchResult } from '../thread/fetch-messages.js';

/** Fetches for threads from all executors that they name at the same time. */
export function blockFetcher(client: BlockClient): FetchBlocks {
  return async (requests) => {
    const results = await Promise.all(requests.map((request) => fetchFrom(client, request)));
    const failed = results.find((result) => result.kind === 'failed');
    if (failed !== undefined) return failed;
    return {
      kind: 'blocks',
      blocks: results.flatMap((result) => (result.kind === 'blocks' ? result.blocks : [])),
    };
  };
}

async function fetchFrom(
  client: BlockClient,
  { address, blocks }: FetchRequest,
): Promise<FetchResult> {
  const { executorId, host, port, viaService } = address;
  const place = { host, port, ...(viaService && { servedFor: executorId }) };
  try {
    if ('shuffleId' in blocks && 'maxBytes' in blocks)
      return { kind: 'blocks', blocks: [await client.fetch(place, blocks)] };
    const parts = await client.fetchStored(host, port, blocks);
    return {
      kind: 'blocks',
      blocks: [
        parts.map((bytes, part) => ({
          mapPartition: part,
          bytes,
          sizeBytes: bytes.length,
          version: 0,
        })),
      ],
    };
  } catch (error) {
    if (!(error instanceof BlocksUnavailable)) throw error;
    const reason = `${viaService ? 'the shuffle service for ' : ''}executor ${executorId} at ${host}:${port}: ${error.message}`;
    const { mapPartition, isUnreachable } = error;
    return { kind: 'failed', mapPartition, executorId, isUnreachable, reason };
  }
}
