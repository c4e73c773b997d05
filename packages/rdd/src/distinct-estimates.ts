import { invalidArgument } from '@firesteel/common';
import {
  addToSketch,
  MIN_RELATIVE_SD,
  mergeSketches,
  newSketch,
  precisionFor,
  type Sketch,
} from '@firesteel/statistics';

/** The functions that gather a sketch of distinct values, on executors. */
export function sketching(relativeSD: number, method: string) {
  if (typeof relativeSD !== 'number' || !(relativeSD >= MIN_RELATIVE_SD && relativeSD < 1))
    throw invalidArgument(
      `relativeSD of ${method}`,
      `a number from ${MIN_RELATIVE_SD} to below 1`,
      relativeSD,
    );
  const precision = precisionFor(relativeSD);
  return {
    zero: (): Sketch => newSketch(precision),
    add: (sketch: Sketch, value: unknown): Sketch => addToSketch(sketch, value),
    merge: (a: Sketch, b: Sketch): Sketch => mergeSketches(a, b),
  };
}
