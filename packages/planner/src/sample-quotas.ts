import type { Quota, SampleByKeyNode } from '@firesteel/plan';
import { drawQuotas, Random } from '@firesteel/statistics';

/**
 * What an exact sample takes of each key from each partition, drawn by the seed of the node, of the
 * counts of pairs by partition and key.
 */
export function sampleQuotasFromCounts(
  counts: readonly (readonly number[])[],
  { fractions, withReplacement, seed }: SampleByKeyNode,
): Quota[][] {
  const quotas = counts.map((): Quota[] => []);
  for (const [k, [, fraction]] of fractions.entries()) {
    const ofKey = counts.map((partition) => partition[k] ?? 0);
    const total = ofKey.reduce((sum, count) => sum + count, 0);
    // Streams below 0 are apart from those of the partitions.
    const random = new Random(seed, -1 - k);
    const takes = drawQuotas(ofKey, Math.ceil(total * fraction), withReplacement, random);
    for (const [p, take] of takes.entries()) quotas[p]?.push({ count: ofKey[p] as number, take });
  }
  return quotas;
}
