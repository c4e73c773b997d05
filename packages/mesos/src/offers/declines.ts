/** Why an offer is not used, or not used further. */
export type DeclineReason =
  | 'demandMet'
  | 'coresMaxReached'
  | 'agentExcluded'
  | 'maintenance'
  | 'constraintsUnmet'
  | 'spreadingLimit'
  | 'executorsPerAgentReached'
  | 'executorBusy'
  | 'tooFewCores'
  | 'tooLittleMemory'
  | 'tooLittleDisk'
  | 'tooFewPorts'
  | 'waitingForPreferredHosts';

/**
 * For how long the master shall not offer the same again. An agent on which more becomes free is
 * offered all the same, and demand that grows revives at once, so long times cost nothing where
 * only those two can help.
 */
export type RefuseSeconds = Readonly<Record<DeclineReason, number>>;

export const defaultRefuseSeconds: RefuseSeconds = {
  demandMet: 120,
  coresMaxReached: 120,
  agentExcluded: 120,
  // It may be called off, or over earlier.
  maintenance: 5,
  constraintsUnmet: 120,
  // Other agents may even the numbers out.
  spreadingLimit: 5,
  executorsPerAgentReached: 120,
  executorBusy: 1,
  tooFewCores: 120,
  tooLittleMemory: 120,
  tooLittleDisk: 120,
  tooFewPorts: 120,
  waitingForPreferredHosts: 1,
};

/** Of an offer that is declined, or of what an accepted one leaves over. */
export interface Refusal {
  readonly reason: DeclineReason;
  readonly refuseSeconds: number;
  /** The constraint, or what is offered and what is needed. */
  readonly detail?: { readonly constraint: string } | Shortage;
}

interface Shortage {
  readonly offered: number;
  readonly needed: number;
}

const reasonTexts: Readonly<Record<DeclineReason, string>> = {
  demandMet: 'no more executors are wanted',
  coresMaxReached: 'cores.max is reached',
  agentExcluded: 'executors failed on the agent',
  maintenance: 'the agent is about to go down for maintenance',
  constraintsUnmet: 'mesos.constraints does not hold',
  spreadingLimit: 'mesos.constraints allows no more executors on the same value',
  executorsPerAgentReached: 'the agent has as many executors as it may have',
  executorBusy: 'the executor runs as many tasks as it can',
  tooFewCores: 'too few cpus',
  tooLittleMemory: 'too little memory in MiB',
  tooLittleDisk: 'too little disk in MiB',
  tooFewPorts: 'too few of the ports wanted',
  waitingForPreferredHosts: 'waiting for hosts that hold the data',
};

/** Counts refusals, to tell a user why a job waits. */
export class RefusalCounts {
  readonly #counts = new Map<DeclineReason, { count: number; example: string }>();

  add(refusal: Refusal, hostname: string): void {
    const { detail } = refusal;
    const example =
      detail === undefined
        ? hostname
        : 'constraint' in detail
          ? `${hostname}, ${detail.constraint}`
          : `${hostname} offers ${detail.offered} of ${detail.needed}`;
    const known = this.#counts.get(refusal.reason);
    this.#counts.set(refusal.reason, { count: (known?.count ?? 0) + 1, example });
  }

  /** How many there were for each reason. */
  get counts(): Readonly<Partial<Record<DeclineReason, number>>> {
    return Object.fromEntries([...this.#counts].map(([reason, { count }]) => [reason, count]));
  }

  /** One line, the most frequent reason first, each with its last example; empty without any. */
  get summary(): string {
    return [...this.#counts]
      .sort(([, a], [, b]) => b.count - a.count)
      .map(([reason, { count, example }]) => `${count} × ${reasonTexts[reason]} (${example})`)
      .join('; ');
  }
}
