/** Every interval and timeout of masters and agents, in milliseconds of the cluster's clock. */
export interface Timings {
  /** How often free resources are offered. */
  readonly allocationIntervalMs: number;
  readonly heartbeatIntervalMs: number;
  readonly executorHeartbeatIntervalMs: number;
  /** An agent that misses this many pings in a row becomes unreachable. */
  readonly agentPingTimeoutMs: number;
  readonly maxAgentPingTimeouts: number;
  /** How long a master waits for agents that it knows of, but has not seen since it leads. */
  readonly agentReregisterTimeoutMs: number;
  /** Pauses of an agent between attempts to find a leading master. */
  readonly registrationBackoffMs: number;
  /** An outstanding update is sent again after this, then after twice as long, and so on. */
  readonly updateRetryMinMs: number;
  readonly updateRetryMaxMs: number;
  readonly executorRegistrationTimeoutMs: number;
  /** How long an agent that comes back waits for its executors. */
  readonly executorReregistrationTimeoutMs: number;
  readonly executorShutdownGracePeriodMs: number;
  /** How long executors try to reach an agent that is away. */
  readonly recoveryTimeoutMs: number;
  /** Between SIGTERM and SIGKILL for tasks without a kill policy. */
  readonly killGracePeriodMs: number;
  /** Offers are rescinded after this; never by default. */
  readonly offerTimeoutMs: number;
}

/** The defaults of Mesos. */
export const mesosTimings: Timings = {
  allocationIntervalMs: 1_000,
  heartbeatIntervalMs: 15_000,
  executorHeartbeatIntervalMs: 30 * 60_000,
  agentPingTimeoutMs: 15_000,
  maxAgentPingTimeouts: 5,
  agentReregisterTimeoutMs: 10 * 60_000,
  registrationBackoffMs: 1_000,
  updateRetryMinMs: 10_000,
  updateRetryMaxMs: 10 * 60_000,
  executorRegistrationTimeoutMs: 60_000,
  executorReregistrationTimeoutMs: 2_000,
  executorShutdownGracePeriodMs: 5_000,
  recoveryTimeoutMs: 15 * 60_000,
  killGracePeriodMs: 3_000,
  offerTimeoutMs: Number.POSITIVE_INFINITY,
};

const units: readonly (readonly [string, number])[] = [
  ['weeks', 7 * 24 * 3_600_000],
  ['days', 24 * 3_600_000],
  ['hrs', 3_600_000],
  ['mins', 60_000],
  ['secs', 1_000],
  ['ms', 1],
];

/** A duration as Mesos writes it: a whole number of the largest unit that fits, such as `90secs`. */
export function durationText(ms: number): string {
  const [unit, size] = units.find(([, size]) => ms >= size && ms % size === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}
