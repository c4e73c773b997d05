import type { DomainInfo } from '@firesteel/mesos-protocol';
import type { Clock } from './clock.js';
import type { Credential } from './http/basic-authentication.js';
import type { Timings } from './timings.js';
import type { Acls } from './validation/acls.js';
import type { ZooKeeperOptions } from './zookeeper/zookeeper-stub.js';

/** One agent; everything has a default. */
export interface AgentOptions {
  /**
   * As in Mesos's flag: `cpus:4;mem:8192;disk:10000;ports:[31000-31999];cpus(web):1`. Nothing is
   * detected and nothing enforced.
   */
  readonly resources?: string;
  /** Revocable resources on top, in the same form; for frameworks with REVOCABLE_RESOURCES. */
  readonly revocable?: string;
  /** `rack:r1;zone:2;slots:[1-4,8-9]`. */
  readonly attributes?: string;
  readonly hostname?: string;
  readonly domain?: DomainInfo;
  /** 0 or left out for a free one. */
  readonly port?: number;
  /** Where sandboxes are made; a directory of its own below the cluster's by default. */
  readonly workDir?: string;
  /** The users of its host; any by default. For others it cannot make sandboxes. */
  readonly users?: readonly string[];
  /** Variables for all executors, as of the flag `executor_environment_variables`. */
  readonly executorVariables?: Readonly<Record<string, string>>;
  /** With it executors get tokens in their environment and must show them. */
  readonly jwtSecret?: string;
}

export interface MesosClusterOptions {
  /** How many agents with default options, or one member for each agent. Default 1. */
  readonly agents?: number | readonly AgentOptions[];
  /** How many masters; the first leads. Default 1. */
  readonly masters?: number;
  /** Port of the first master; the others get the next ones. 0 or left out for free ones. */
  readonly port?: number;
  /** IPv4 address to listen on; default 127.0.0.1. */
  readonly host?: string;
  /** Below it the agents work; a temporary directory, removed at the end, by default. */
  readonly workDir?: string;
  /** Roles that frameworks may use; any by default. */
  readonly roles?: readonly string[];
  readonly weights?: Readonly<Record<string, number>>;
  /** Principals that may authenticate. */
  readonly credentials?: readonly Credential[];
  /** Whether frameworks must; by default if there are credentials. */
  readonly authenticateFrameworks?: boolean;
  /** What frameworks may do; everything by default. */
  readonly acls?: Acls;
  /** Whether operators must; default false. */
  readonly authenticateOperators?: boolean;
  /** Whether the user root may run frameworks; default true. */
  readonly allowRoot?: boolean;
  readonly timings?: Partial<Timings>;
  /** What timeouts follow; a {@link ManualClock} lets tests move time by hand. */
  readonly clock?: Clock;
  /**
   * How agents find a new leader: `detector` at once, as with ZooKeeper; `pings` after they missed
   * the pings of the old one, as with a fixed address. Default `detector`.
   */
  readonly leaderDetection?: 'detector' | 'pings';
  /** A ZooKeeper server in which the masters enter themselves below `path`, by default `/mesos`. */
  readonly zooKeeper?: ZooKeeperOptions & { readonly path?: string };
}

export const defaultResources = 'cpus:4;mem:8192;disk:10000;ports:[31000-31999]';
