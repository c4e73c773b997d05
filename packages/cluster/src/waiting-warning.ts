/**
 * Says again and again why no executor comes, as long as that is so: a job that waits looks like
 * one that hangs.
 */
export class WaitingWarning {
  #reason: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param reason undefined if nothing is waited for any more */
  update(reason: string | undefined): void {
    this.#reason = reason;
    if (reason === undefined) this.stop();
    else if (this.#timer === undefined) this.#schedule(firstWarningMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(delayMs: number): void {
    this.#timer = setTimeout(() => {
      process.emitWarning(`The application has no executors yet: ${this.#reason}.`, {
        type: 'FiresteelWarning',
        code: 'EXECUTORS_AWAITED',
      });
      this.#schedule(repetitionMs);
    }, delayMs);
    this.#timer.unref();
  }
}

/** Shorter waits are usual. */
const firstWarningMs = 10_000;
const repetitionMs = 15_000;
