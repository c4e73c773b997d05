/** @import { Medians, Run } from './types.d.ts' */

/**
 * Reads the ratio of one number between two contenders; `undefined` when either did not run.
 *
 * @param {string} numerator
 * @param {string} denominator
 * @param {(run: Run) => number | undefined} read
 * @returns {(medians: Medians) => number | undefined}
 */
export function ratio(numerator, denominator, read) {
  return (medians) => {
    const above = number(medians, numerator, read);
    const below = number(medians, denominator, read);
    return above === undefined || below === undefined ? undefined : above / below;
  };
}

/**
 * Reads one number of one contender.
 *
 * @param {string} name
 * @param {(run: Run) => number | undefined} read
 * @returns {(medians: Medians) => number | undefined}
 */
export function reading(name, read) {
  return (medians) => number(medians, name, read);
}

/**
 * Reads one of the numbers that a program measured inside itself.
 *
 * @param {string} name
 * @returns {(run: Run) => number | undefined}
 */
export function metric(name) {
  return (run) => run.metrics[name];
}

/** @type {(run: Run) => number} */
export const cpu = (run) => run.cpuMs;

/** @type {(run: Run) => number} */
export const wall = (run) => run.wallMs;

/** @type {(run: Run) => number} */
export const peakMemory = (run) => run.peakRssBytes;

/**
 * @param {Medians} medians
 * @param {string} name
 * @param {(run: Run) => number | undefined} read
 * @returns {number | undefined}
 */
function number(medians, name, read) {
  const run = medians.get(name);
  return run === undefined ? undefined : read(run);
}
