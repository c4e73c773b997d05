import { KeyedMap } from '@firesteel/codec';
import { FiresteelError, shown } from '@firesteel/common';
import type { KeyFractions } from '@firesteel/plan';

/** The keys that a sample by key has fractions for, by number. */
export class KeyIndex {
  readonly fractions: readonly number[];
  private readonly indices: KeyedMap<unknown, number>;

  constructor(fractions: KeyFractions) {
    this.fractions = fractions.map(([, fraction]) => fraction);
    this.indices = new KeyedMap(fractions.map(([key], i) => [key, i]));
  }

  /** @throws FiresteelError INVALID_ARGUMENT for a key without a fraction */
  indexOf(key: unknown): number {
    const index = this.indices.get(key);
    if (index !== undefined) return index;
    throw new FiresteelError(
      'INVALID_ARGUMENT',
      `A sample by key met the key ${shown(key)}, which has no fraction. Give every key one, 0 for those to leave out.`,
      { data: { parameter: 'fractions' } },
    );
  }
}
