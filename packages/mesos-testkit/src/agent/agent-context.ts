import type { Attribute, DomainInfo } from '@firesteel/mesos-protocol';
import type { Clock, Timers } from '../clock.js';
import type { Fetcher } from '../containerizer/fetcher.js';
import type { Reaper } from '../containerizer/reaper.js';
import type { AgentEnd, Link } from '../link.js';
import type { Resources } from '../resources/arithmetic.js';
import type { Timings } from '../timings.js';

/** What an agent is, whichever of its processes runs. */
export interface AgentConfig {
  readonly hostname: string;
  readonly resources: Resources;
  readonly attributes: readonly Attribute[];
  readonly domain: DomainInfo | undefined;
  readonly workDir: string;
  /** Undefined for any. */
  readonly users: readonly string[] | undefined;
  readonly executorVariables: Readonly<Record<string, string>>;
  /** With it executors get tokens and must show them. */
  readonly jwtSecret: string | undefined;
}

/** What an agent needs of its surroundings. */
export interface AgentContext {
  readonly config: AgentConfig;
  readonly clock: Clock;
  readonly timings: Timings;
  /** Timers of built-in executors, which outlive the agent's process. */
  readonly containerTimers: Timers;
  readonly reaper: Reaper;
  readonly fetcher: Fetcher;
  /** A connection to the leading master, if there is one. */
  readonly connect: (agent: AgentEnd) => Link | undefined;
  /** Whether the leading master still holds the agent at the other end for registered. */
  readonly isRegistered: (link: Link) => boolean;
  /** How long to wait with connecting again after a master was lost. */
  readonly reconnectDelayMs: () => number;
  /** To be called after every change of state, for those who wait for one. */
  readonly changed: () => void;
  /** Resolves when containers may start; a fault can hold it. */
  readonly mayLaunch: () => Promise<void>;
}
