import type { ExecutorAddress } from '@firesteel/plan';
import type { BlockRequest, MapBlock, StoredBlockId } from '@firesteel/shuffle';

/** Blocks that a thread wants from one executor. */
export interface FetchRequest {
  readonly address: ExecutorAddress;
  /** Some blocks of a shuffle, or all parts of a stored block. */
  readonly blocks: BlockRequest | StoredBlockId;
}

/** The first blocks of each request, at least one, or the first failure. */
export type FetchResult =
  | { readonly kind: 'blocks'; readonly blocks: readonly (readonly MapBlock[])[] }
  | {
      readonly kind: 'failed';
      readonly mapPartition: number;
      readonly executorId: string;
      readonly isUnreachable: boolean;
      readonly reason: string;
    };

/** Gets blocks for threads; called on the main thread, which is never busy with rows. */
export type FetchBlocks = (requests: readonly FetchRequest[]) => Promise<FetchResult>;
