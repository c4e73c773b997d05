import { createNode } from '@firesteel/plan';
import { drawQuotas, Random } from '@firesteel/statistics';
import { act, collectRows } from '../actions.js';
import { checkInteger } from '../arguments.js';
import { type ActionOptions, actionOptionKinds, type JobPromise } from '../job-promise.js';
import {
  drawOf,
  type SampleArguments,
  type SampleOptions,
  sampleOptionKinds,
} from '../sample-arguments.js';
import { OrderActions } from './order-actions.js';

/** Actions that choose rows at random. */
export abstract class SampleActions<T> extends OrderActions<T> {
  /**
   * Exactly `size` rows in a random order, or all if there are less; every choice is as likely as
   * any other. With replacement rows may come again, and only an empty RDD gives less than `size`.
   * One job counts the rows of each partition, a second one draws from those that have a share.
   *
   * @throws FiresteelError INVALID_ARGUMENT for a negative size (by rejection)
   * @example
   * await lines.takeSample(10, { seed: 1 })
   */
  takeSample(size: number, options?: number | (SampleOptions & ActionOptions)): JobPromise<T[]>;
  takeSample(
    withReplacement: boolean,
    size: number,
    options?: number | (Omit<SampleOptions, 'withReplacement'> & ActionOptions),
  ): JobPromise<T[]>;
  takeSample(...args: SampleArguments<number, ActionOptions>): JobPromise<T[]> {
    const last = args.at(-1);
    const options = typeof last === 'object' ? last : {};
    const target = this.action(this.takeSample, options, sampleOptionKinds);
    return act(target, async (runJob) => {
      const { amount, withReplacement, seed } = drawOf(args, 'takeSample', actionOptionKinds);
      const size = checkInteger(amount, 'size of takeSample', 0);
      if (size === 0) return [];
      const counts = (await runJob({ kind: 'count' })) as number[];
      const total = counts.reduce((sum, count) => sum + count, 0);
      const take = withReplacement && total > 0 ? size : Math.min(size, total);
      // Streams below 0 are apart from those of the partitions.
      const takes = drawQuotas(counts, take, withReplacement, new Random(seed, -1));
      const quotas = takes.map((share, p) => ({ count: counts[p] as number, take: share }));
      const node = createNode({
        kind: 'sample',
        parents: [target.node],
        callSite: target.callSite,
        sampler: { kind: 'quota', withReplacement, quotas },
        seed,
      });
      const partitions = [...takes.keys()].filter((p) => (takes[p] as number) > 0);
      const rows = await collectRows<T>(runJob, { node, partitions });
      return new Random(seed, -2).shuffle(rows);
    });
  }
}
