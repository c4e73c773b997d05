import { MIN_BUCKETED_ROWS } from './buckets.js';

const START_NUMBERS = 256;

export type Numbers = Int32Array | Float64Array;

/** Whether a word of four bytes can be this number, which -0 cannot. */
export function isInt32(n: number): boolean {
  return (n | 0) === n && (n !== 0 || 1 / n > 0);
}

/** Room for `length` numbers. */
export function numbersOfLength(length: number, areInts: boolean): Numbers {
  return areInts ? new Int32Array(length) : new Float64Array(length);
}

/**
 * Numbers in the order in which they came, as words of four bytes until one does not fit: what
 * memory costs first of all is that the system hands it out, page by page.
 */
export class NumberRuns {
  /** Whether all numbers are int32, and none of them -0. */
  areInts = true;
  private readonly full: Numbers[] = [];
  private ints = new Int32Array(START_NUMBERS);
  private doubles = new Float64Array(0);
  private capacity = START_NUMBERS;
  private count = 0;

  append(n: number): void {
    if (this.count === this.capacity) this.makeRoom();
    if (this.areInts) {
      if (isInt32(n)) {
        this.ints[this.count++] = n;
        return;
      }
      this.leaveInts();
    }
    this.doubles[this.count++] = n;
  }

  private leaveInts(): void {
    this.areInts = false;
    this.doubles = new Float64Array(this.capacity);
    this.doubles.set(this.ints.subarray(0, this.count));
    this.ints = new Int32Array(0);
  }

  private get open(): Numbers {
    return this.areInts ? this.ints : this.doubles;
  }

  private makeRoom(): void {
    const { open } = this;
    if (this.count < MIN_BUCKETED_ROWS) {
      this.capacity *= 2;
      this.startRun();
      this.open.set(open);
      return;
    }
    this.full.push(open);
    this.startRun();
    this.count = 0;
  }

  private startRun(): void {
    if (this.areInts) this.ints = new Int32Array(this.capacity);
    else this.doubles = new Float64Array(this.capacity);
  }

  /** Whether there are more than one run takes. */
  get areMany(): boolean {
    return this.full.length > 0;
  }

  /** Bytes held. */
  get sizeBytes(): number {
    let bytes = this.open.byteLength;
    for (const run of this.full) bytes += run.byteLength;
    return bytes;
  }

  /** Runs of numbers; as many in each as in the same run of any other. */
  runs(): Numbers[] {
    return this.count === 0 ? [...this.full] : [...this.full, this.open.subarray(0, this.count)];
  }
}
