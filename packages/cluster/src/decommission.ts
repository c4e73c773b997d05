import type { AdoptBlocks, BlockInventory, TakeInventory } from '@firesteel/plan';
import type { ExecutorHandle } from './executor-handle.js';

/**
 * Has the map outputs and cached blocks of an executor that leaves copied to its peers, evenly.
 * Never rejects: what could not be copied is computed again.
 */
export async function handOver(
  leaving: ExecutorHandle,
  peers: readonly ExecutorHandle[],
  timeoutMs: number,
): Promise<void> {
  if (peers.length === 0) return;
  const take: TakeInventory = { kind: 'takeInventory' };
  const inventory = await leaving.connection.request(take, { timeoutMs }).catch(() => undefined);
  if (inventory === undefined) return;
  const { outputs, cached } = inventory as BlockInventory;
  const { id: executorId, host, port } = leaving;
  await Promise.allSettled(
    peers.map(({ connection }, index) => {
      const isShare = (_: unknown, i: number) => i % peers.length === index;
      const adopt: AdoptBlocks = {
        kind: 'adopt',
        from: { executorId, host, port },
        outputs: outputs.filter(isShare),
        cached: cached.filter(isShare),
      };
      return connection.request(adopt, { timeoutMs });
    }),
  );
}
