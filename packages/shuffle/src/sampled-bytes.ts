import { estimateRowsBytes } from '@firesteel/codec';

/** By how much more there must be of what is measured before it is measured again. */
const GROWTH = 1.25;

/** About how much heap the values of a growing array take, from a sample that is taken now and then. */
export class SampledBytes {
  private measuredAt = 0;
  private measured = 0;
  private perValue = 0;

  /** @param clock grows with whatever makes the values larger, such as the rows merged into them */
  bytesOf(values: readonly unknown[], clock: number): number {
    if (values.length === 0) {
      this.measuredAt = 0;
      return 0;
    }
    if (clock > this.measuredAt * GROWTH || values.length < this.measured) {
      this.perValue = estimateRowsBytes(values) / values.length;
      this.measuredAt = clock;
    }
    this.measured = values.length;
    return values.length * this.perValue;
  }
}
