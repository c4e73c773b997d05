import type { SamplerSpec, Slot } from '@firesteel/plan';
import {
  bernoulliSampler,
  CellSampler,
  type CopySampler,
  type KeepSampler,
  PoissonSampler,
  Random,
  RepeatedSelectionSampler,
  SelectionSampler,
} from '@firesteel/statistics';
import { KeyIndex } from './key-index.js';
import type { FusedStep } from './steps.js';

/** A step of a loop with the partition of the RDD that it belongs to. */
export interface PlacedStep {
  readonly step: FusedStep;
  readonly partition: number;
}

/** What a step keeps from row to row in one task; most keep nothing. */
export function stepState({ step, partition }: PlacedStep, closures: readonly unknown[]): unknown {
  if (step.kind === 'sample')
    return sampler(step.sampler, partition, new Random(step.seed, partition));
  if (step.kind === 'sampleByKey') return new KeySamplers(step, partition, closures);
  return undefined;
}

/** Whether a sampler says how often a row is drawn, not only whether. */
export function drawsCopies(spec: SamplerSpec): boolean {
  return spec.kind === 'poisson' || (spec.kind === 'quota' && spec.withReplacement);
}

function sampler(spec: SamplerSpec, partition: number, random: Random): KeepSampler | CopySampler {
  switch (spec.kind) {
    case 'bernoulli':
      return bernoulliSampler(spec.fraction, random);
    case 'cell':
      return new CellSampler(spec.low, spec.high, random);
    case 'poisson':
      return new PoissonSampler(spec.fraction, random);
    case 'quota': {
      const { count, take } = spec.quotas[partition] ?? { count: 0, take: 0 };
      return spec.withReplacement
        ? new RepeatedSelectionSampler(count, take, random)
        : new SelectionSampler(count, take, random);
    }
  }
}

/** A sampler for each key, all on one random stream. */
class KeySamplers {
  private readonly keys: KeyIndex;
  private readonly samplers: readonly (KeepSampler | CopySampler)[];

  constructor(
    step: Extract<FusedStep, { kind: 'sampleByKey' }>,
    partition: number,
    closures: readonly unknown[],
  ) {
    const { fractions, withReplacement, quotas, seed } = step;
    const random = new Random(seed, partition);
    this.keys = keyIndex(fractions, closures);
    const ofPartition = quotas?.[partition];
    this.samplers = this.keys.fractions.map((fraction, k) => {
      const spec: SamplerSpec =
        ofPartition === undefined
          ? { kind: withReplacement ? 'poisson' : 'bernoulli', fraction }
          : { kind: 'quota', withReplacement, quotas: ofPartition };
      return sampler(spec, k, random);
    });
  }

  of(key: unknown): KeepSampler | CopySampler | undefined {
    return this.samplers[this.keys.indexOf(key)];
  }
}

export function keyIndex(fractions: Slot, closures: readonly unknown[]): KeyIndex {
  return new KeyIndex(closures[fractions] as ConstructorParameters<typeof KeyIndex>[0]);
}
