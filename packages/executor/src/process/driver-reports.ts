import type { BackendEvent, ExecutorAddress, ExecutorReports } from '@firesteel/plan';
import { type OutcomeStore, outcomeBytes } from './outcome-store.js';

type DriverEvent = ExecutorReports['events'][number];

export interface DriverReportsOptions {
  readonly send: (reports: ExecutorReports) => void;
  /** Keeps what is too large for a message. */
  readonly outcomes: OutcomeStore;
  /** Where others read the map outputs of this process. */
  readonly outputAddress: ExecutorAddress;
  /** An outcome that takes more does not go in a message; several may come with one. */
  readonly maxDirectBytes: number;
}

/** Tells the driver what happens here: what comes together in one message, as far as it fits. */
export class DriverReports {
  readonly #options: DriverReportsOptions;
  #events: DriverEvent[] = [];
  /** What `#events` take in a message, nearly. */
  #sizeBytes = 0;

  constructor(options: DriverReportsOptions) {
    this.#options = options;
  }

  add(event: BackendEvent): void {
    const { outcomes, maxDirectBytes } = this.#options;
    const portable = this.#portable(event);
    const sizeBytes = sizeOf(portable);
    if (portable.kind === 'taskEnded' && sizeBytes > maxDirectBytes) {
      const { taskId, outcome } = portable;
      outcomes.keep(taskId, outcome);
      this.#push({ kind: 'outcomeStored', taskId }, 0);
    } else this.#push(portable, sizeBytes);
  }

  #push(event: DriverEvent, sizeBytes: number): void {
    if (this.#events.length === 0) queueMicrotask(() => this.#send());
    this.#events.push(event);
    this.#sizeBytes += sizeBytes;
    if (this.#sizeBytes > this.#options.maxDirectBytes) this.#send();
  }

  #portable(event: BackendEvent): BackendEvent {
    if (event.kind !== 'taskEnded' || event.outcome.kind !== 'success') return event;
    const { mapOutput } = event.outcome;
    if (mapOutput === undefined) return event;
    const location = { kind: 'executor', address: this.#options.outputAddress } as const;
    const kept = { ...mapOutput, location };
    return { ...event, outcome: { ...event.outcome, mapOutput: kept } };
  }

  #send(): void {
    if (this.#events.length === 0) return;
    const events = this.#events;
    this.#events = [];
    this.#sizeBytes = 0;
    this.#options.send({ kind: 'events', events });
  }
}

/** What the event takes in a message, apart from some for its structure. */
function sizeOf(event: BackendEvent): number {
  if (event.kind === 'taskEnded') return outcomeBytes(event.outcome);
  return event.kind === 'barrierSync' ? Buffer.byteLength(event.message) : 0;
}
