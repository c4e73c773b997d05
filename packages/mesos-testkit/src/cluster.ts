import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FiresteelError, invalidArgument } from '@firesteel/common';
import type { FrameworkInfo, Offer, Task } from '@firesteel/mesos-protocol';
import type { AgentConfig, AgentContext } from './agent/agent-context.js';
import { TestAgent } from './agent/test-agent.js';
import { type Clock, systemClock, Timers } from './clock.js';
import { Fetcher } from './containerizer/fetcher.js';
import { Reaper } from './containerizer/reaper.js';
import { Faults } from './faults.js';
import { type AgentEnd, Link } from './link.js';
import { Master } from './master/master.js';
import { MasterServer } from './master/master-server.js';
import { frameworksMessage, tasksMessage } from './master/operator-messages.js';
import { Registry } from './master/registry.js';
import { type AgentOptions, defaultResources, type MesosClusterOptions } from './options.js';
import { parseAttributes, parseResources } from './resources/parse.js';
import { mesosTimings, type Timings } from './timings.js';
import { Contenders } from './zookeeper/contenders.js';
import { ZooKeeperStub } from './zookeeper/zookeeper-stub.js';

/** Masters and agents of one cluster, in this process and on loopback ports. */
export class MesosCluster {
  readonly #agents: TestAgent[];
  readonly faults: Faults;
  readonly #options: MesosClusterOptions;
  readonly #clock: Clock;
  readonly #timings: Timings;
  readonly #workDir: string;
  readonly #registry = new Registry();
  readonly #reaper: Reaper;
  readonly #containerTimers: Timers;
  readonly #servers: MasterServer[] = [];
  readonly #waiters = new Set<() => void>();
  #leader: MasterServer | undefined;
  /** Where masters believe the leader to be, which may be dead. */
  #announced: string | undefined;
  #zooKeeper: ZooKeeperStub | undefined;
  #contenders: Contenders | undefined;
  #closed = false;

  private constructor(options: MesosClusterOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#timings = { ...mesosTimings, ...options.timings };
    this.#containerTimers = new Timers(this.#clock);
    const { workDir } = options;
    this.#workDir = workDir ?? mkdtempSync(join(tmpdir(), 'mesos-testkit-'));
    this.#reaper = new Reaper(workDir === undefined ? this.#workDir : undefined);
    for (const [role, weight] of Object.entries(options.weights ?? {})) {
      this.#registry.weights.set(role, weight);
    }
    this.faults = new Faults({
      clock: this.#clock,
      leader: () => this.#leader?.master,
      elect: (index) => this.#elect(index),
      killLeader: () => this.#killLeader(),
      restartMaster: (index) => this.#restartMaster(index),
    });
    const asked = options.agents ?? 1;
    const agents = typeof asked === 'number' ? Array.from({ length: asked }, () => ({})) : asked;
    this.#agents = agents.map((agent, i) => this.#createAgent(agent, i));
  }

  /** @internal use {@link startMesosCluster} */
  static async start(options: MesosClusterOptions): Promise<MesosCluster> {
    const cluster = new MesosCluster(options);
    try {
      await cluster.#start();
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  /** `host:port` of the leading master, or of the first one while none leads. */
  get master(): string {
    return (this.#leader ?? this.#servers[0]!).address;
  }

  /** `host:port` of every master, in the order of their index. */
  get masters(): readonly string[] {
    return this.#servers.map(({ address }) => address);
  }

  /** The ZooKeeper server, where options ask for one. */
  get zooKeeper(): ZooKeeperStub | undefined {
    return this.#zooKeeper;
  }

  /** `zk://host:port/path`, with the credentials, where options ask for ZooKeeper. */
  get zooKeeperUrl(): string | undefined {
    const { credentials } = this.#options.zooKeeper ?? {};
    if (this.#zooKeeper === undefined) return undefined;
    const user = credentials === undefined ? '' : `${credentials}@`;
    return `zk://${user}${this.#zooKeeper.address}${this.#zooKeeperPath}`;
  }

  get #zooKeeperPath(): string {
    return this.#options.zooKeeper?.path ?? '/mesos';
  }

  /** All agents there ever were, running or not. */
  get agents(): readonly TestAgent[] {
    return this.#agents;
  }

  /** Adds an agent and waits until it is registered. */
  async addAgent(options: AgentOptions = {}): Promise<TestAgent> {
    const agent = this.#createAgent(options, this.#agents.length);
    this.#agents.push(agent);
    await agent.start();
    await this.waitUntil(() => agent.id !== undefined);
    return agent;
  }

  /** The frameworks that the leading master knows, connected or not. */
  frameworks(): readonly { readonly info: FrameworkInfo; readonly connected: boolean }[] {
    const { master } = this.#leader ?? {};
    if (master === undefined) return [];
    return frameworksMessage(master).frameworks.map(({ framework_info, connected }) => ({
      info: framework_info,
      connected,
    }));
  }

  /** Tasks that the leading master takes to be alive or waits to be acknowledged. */
  tasks(): readonly Task[] {
    const { master } = this.#leader ?? {};
    return master === undefined ? [] : tasksMessage(master).tasks;
  }

  /** Offers that are neither used nor taken back. */
  offers(): readonly Offer[] {
    const { master } = this.#leader ?? {};
    if (master === undefined) return [];
    return frameworksMessage(master).frameworks.flatMap(({ offers }) => offers ?? []);
  }

  /**
   * Resolves as soon as the condition holds. It is looked at after every change of a master or
   * agent, so nothing is polled and no time need pass.
   * @param timeoutMs in real time, after which it rejects with REQUEST_TIMEOUT; default 30 s
   */
  async waitUntil(condition: () => boolean, timeoutMs = 30_000): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (!condition()) return;
        this.#waiters.delete(look);
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiters.delete(look);
        const what = `Waited ${timeoutMs} ms for: ${condition}`;
        reject(new FiresteelError('REQUEST_TIMEOUT', what));
      }, timeoutMs);
      this.#waiters.add(look);
    });
  }

  /** Ends masters and agents, kills every process that was started, and removes what was written. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#containerTimers.close();
    await Promise.all(this.agents.map((agent) => agent.close()));
    await Promise.all(this.#servers.map((server) => server.close()));
    await this.#zooKeeper?.close();
    await this.#reaper.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #start(): Promise<void> {
    const { masters = 1, port = 0, host = '127.0.0.1' } = this.#options;
    if (!(masters >= 1)) throw invalidArgument('masters', 'at least 1', masters);
    const { credentials = [], authenticateFrameworks, authenticateOperators } = this.#options;
    for (let i = 0; i < masters; i++) {
      const server = await MasterServer.listen(host, port === 0 ? 0 : port + i, {
        credentials,
        authenticateFrameworks: authenticateFrameworks ?? credentials.length > 0,
        authenticateOperators: authenticateOperators ?? false,
        leader: () => this.#announced,
        split: () => this.faults.split,
      });
      this.#servers.push(server);
    }
    if (this.#options.zooKeeper !== undefined) {
      this.#zooKeeper = await ZooKeeperStub.start(this.#options.zooKeeper);
      this.#contenders = new Contenders(this.#zooKeeper, this.#zooKeeperPath);
    }
    this.#elect(0);
    await Promise.all(this.agents.map((agent) => agent.start()));
    await this.waitUntil(() => this.agents.every(({ id }) => id !== undefined));
  }

  /** The old leader's state is gone; the new one has the registry only. */
  #elect(index: number | undefined): void {
    const before = this.#leader;
    this.#leader = undefined;
    before?.master?.stop();
    if (before !== undefined) before.master = undefined;
    if (before !== undefined) this.#contenders?.leaderLeaves();
    this.#announced = undefined;
    if (index === undefined) return;
    const server = this.#serverAt(index);
    if (server.isDead) throw invalidArgument('masterIndex', 'that of a master that runs', index);
    this.#announced = server.address;
    const info = server.info(randomUUID());
    server.master = new Master({
      clock: this.#clock,
      timings: this.#timings,
      registry: this.#registry,
      faults: this.faults.ofMaster,
      info,
      allowedRoles: this.#options.roles && new Set(this.#options.roles),
      allowRoot: this.#options.allowRoot ?? true,
      acls: this.#options.acls ?? {},
      changed: () => this.#changed(),
    });
    this.#leader = server;
    const standbys = this.#servers.filter((other) => other !== server && !other.isDead);
    this.#contenders?.enter([info, ...standbys.map((standby) => standby.info(randomUUID()))]);
    this.#changed();
  }

  /** Nobody has noticed yet: its node is in ZooKeeper, and standbys lead to it. */
  async #killLeader(): Promise<void> {
    const server = this.#leader;
    this.#leader = undefined;
    await server?.kill();
    this.#changed();
  }

  async #restartMaster(index: number): Promise<void> {
    const server = this.#serverAt(index);
    if (!server.isDead) throw invalidArgument('masterIndex', 'that of a dead master', index);
    await server.restart();
    this.#contenders?.join(server.info(randomUUID()));
  }

  #serverAt(index: number): MasterServer {
    const server = this.#servers[index];
    if (server === undefined) throw invalidArgument('masterIndex', 'that of a master', index);
    return server;
  }

  #createAgent(options: AgentOptions, index: number): TestAgent {
    const revocable = parseResources(options.revocable ?? '');
    const workDir = options.workDir ?? join(this.#workDir, `agent${index + 1}`);
    mkdirSync(workDir, { recursive: true });
    const config: AgentConfig = {
      hostname: options.hostname ?? `agent${index + 1}`,
      resources: [
        ...parseResources(options.resources ?? defaultResources),
        ...revocable.map((resource) => ({ ...resource, revocable: {} })),
      ],
      attributes: parseAttributes(options.attributes ?? ''),
      domain: options.domain,
      workDir,
      users: options.users,
      executorVariables: options.executorVariables ?? {},
      jwtSecret: options.jwtSecret,
    };
    const context: AgentContext = {
      config,
      clock: this.#clock,
      timings: this.#timings,
      containerTimers: this.#containerTimers,
      reaper: this.#reaper,
      fetcher: new Fetcher(join(workDir, 'fetch')),
      connect: (agent) => this.#connect(agent),
      isRegistered: (link) => this.#leader?.master?.holds(link) ?? false,
      reconnectDelayMs: () => this.#reconnectDelayMs(),
      changed: () => this.#changed(),
      mayLaunch: () => Promise.resolve(),
    };
    return new TestAgent(context, this.#options.host ?? '127.0.0.1', options.port ?? 0);
  }

  #connect(agent: AgentEnd): Link | undefined {
    const { master } = this.#leader ?? {};
    return master === undefined ? undefined : new Link(agent, master);
  }

  #reconnectDelayMs(): number {
    const { agentPingTimeoutMs, maxAgentPingTimeouts } = this.#timings;
    return this.#options.leaderDetection === 'pings'
      ? agentPingTimeoutMs * maxAgentPingTimeouts
      : 0;
  }

  #changed(): void {
    for (const look of [...this.#waiters]) look();
  }
}

/**
 * Starts a cluster and waits until its agents are registered. It must be closed in the end; if the
 * process dies before, whatever the cluster has started is killed all the same.
 * @throws PORT_NOT_AVAILABLE if a port that was asked for is taken
 */
export function startMesosCluster(options: MesosClusterOptions = {}): Promise<MesosCluster> {
  return MesosCluster.start(options);
}
