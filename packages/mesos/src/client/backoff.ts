/**
 * Growing pauses between attempts, each random below its limit, so that the frameworks of a cluster
 * do not all come back at once ("full jitter").
 */
export class Backoff {
  readonly #firstMs: number;
  readonly #maxMs: number;
  readonly #random: () => number;
  #limitMs: number;

  /** @param random as Math.random */
  constructor(firstMs: number, maxMs: number, random: () => number) {
    this.#firstMs = firstMs;
    this.#maxMs = maxMs;
    this.#random = random;
    this.#limitMs = firstMs;
  }

  nextMs(): number {
    const pauseMs = this.#random() * this.#limitMs;
    this.#limitMs = Math.min(this.#limitMs * 2, this.#maxMs);
    return pauseMs;
  }

  reset(): void {
    this.#limitMs = this.#firstMs;
  }
}
