import { FiresteelError } from '@firesteel/common';
import { zooKeeper } from '@firesteel/mesos-protocol';
import { Backoff } from '../client/backoff.js';
import { type Clock, systemClock } from '../clock.js';
import type { DetectorListener, MasterDetector } from './master-detector.js';
import {
  describeZooKeeper,
  parseZooKeeperAddress,
  type ZooKeeperAddress,
} from './zookeeper-address.js';
import { ZooKeeperConnection, type ZooKeeperReply } from './zookeeper-connection.js';

export interface ZooKeeperDetectorOptions {
  /**
   * How long a leader is believed in while no server of the ensemble answers, and after which a
   * silent server is left; default 10 s, as Mesos has it.
   */
  readonly sessionTimeoutMs?: number;
  readonly clock?: Clock;
  /** As Math.random, for pauses and the first server to ask. */
  readonly random?: () => number;
}

const firstPauseMs = 250;
const maxPauseMs = 5_000;

/**
 * Follows the leader among masters that enter themselves in ZooKeeper: the one with the smallest
 * number (mesos: src/master/detector/zookeeper.cpp).
 */
export class ZooKeeperDetector implements MasterDetector {
  readonly name: string;
  readonly #address: ZooKeeperAddress;
  readonly #sessionTimeoutMs: number;
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  #listener: DetectorListener | undefined;
  #connection: ZooKeeperConnection | undefined;
  #nextServer: number;
  /** The node of the leader that was told of; undefined while nobody was. */
  #leaderNode: string | undefined;
  #lastReason = '';
  #isLooking = false;
  #lookAgain = false;
  #cancelPause = (): void => {};
  /** Ends the belief in a leader whom nobody can confirm. */
  #cancelDoubt: (() => void) | undefined;

  /**
   * @param url `zk://[user:password@]host:port,…/path`
   * @throws INVALID_MASTER
   */
  constructor(url: string, options: ZooKeeperDetectorOptions = {}) {
    const { sessionTimeoutMs = 10_000, clock = systemClock, random = Math.random } = options;
    this.#address = parseZooKeeperAddress(url);
    this.name = describeZooKeeper(this.#address);
    this.#sessionTimeoutMs = sessionTimeoutMs;
    this.#clock = clock;
    this.#backoff = new Backoff(firstPauseMs, maxPauseMs, random);
    // So that the clients of a cluster do not all ask the same one.
    this.#nextServer = Math.floor(random() * this.#address.servers.length);
  }

  start(listener: DetectorListener): void {
    this.#listener = listener;
    this.#connect();
  }

  close(): void {
    this.#listener = undefined;
    this.#connection?.close();
    this.#cancelPause();
    this.#cancelDoubt?.();
  }

  #connect(): void {
    const { servers, credentials } = this.#address;
    const server = servers[this.#nextServer++ % servers.length]!;
    this.#isLooking = false;
    this.#connection = new ZooKeeperConnection(
      {
        server,
        sessionTimeoutMs: this.#sessionTimeoutMs,
        clock: this.#clock,
        ...(credentials === undefined ? {} : { credentials }),
      },
      {
        onSession: () => this.#look(),
        onWatchEvent: () => this.#look(),
        onEnd: (why) => this.#lost(why),
      },
    );
  }

  #lost(why: string): void {
    this.#lastReason = why;
    this.#connection = undefined;
    if (this.#leaderNode === undefined) this.#tellNobody(this.#silence);
    else this.#doubt();
    this.#cancelPause = this.#clock.setTimer(this.#backoff.nextMs(), () => this.#connect());
  }

  #doubt(): void {
    this.#cancelDoubt ??= this.#clock.setTimer(this.#sessionTimeoutMs, () => {
      this.#tellNobody(this.#silence);
    });
  }

  get #silence(): string {
    return `no ZooKeeper server of ${this.name} answers (${this.#lastReason})`;
  }

  /** Lists who competes; one look at a time, and another one if something changes meanwhile. */
  #look(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    if (this.#isLooking) {
      this.#lookAgain = true;
      return;
    }
    this.#isLooking = true;
    this.#lookAgain = false;
    const { path } = this.#address;
    connection.children(path, (reply) => {
      if ('value' in reply) this.#read(connection, leaderOf(reply.value));
      else if (reply.error === zooKeeper.errors.noNode) {
        // Masters make it when they come; then the watch says so.
        connection.exists(path, (found) =>
          'value' in found ? this.#again() : this.#found(undefined, `${this.name} does not exist`),
        );
      } else this.#failed(reply.error);
    });
  }

  #read(connection: ZooKeeperConnection, node: string | undefined): void {
    if (node === undefined) {
      this.#found(undefined, `no master is entered in ${this.name}`);
      return;
    }
    const path = `${this.#address.path === '/' ? '' : this.#address.path}/${node}`;
    connection.data(path, (reply: ZooKeeperReply<Buffer>) => {
      if ('value' in reply) {
        const master = masterAddress(reply.value.toString());
        if (master !== undefined) this.#found({ node, master }, '');
        else this.#found(undefined, `${node} in ${this.name} does not say where its master is`);
      } else if (reply.error === zooKeeper.errors.noNode) this.#again();
      else this.#failed(reply.error);
    });
  }

  #again(): void {
    this.#isLooking = false;
    this.#look();
  }

  #found(
    leader: { readonly node: string; readonly master: string } | undefined,
    why: string,
  ): void {
    this.#isLooking = false;
    this.#backoff.reset();
    this.#cancelDoubt?.();
    this.#cancelDoubt = undefined;
    if (this.#lookAgain) this.#look();
    else if (leader === undefined) this.#tellNobody(why);
    else if (leader.node !== this.#leaderNode) {
      this.#leaderNode = leader.node;
      this.#listener?.onLeader(leader.master);
    }
  }

  #tellNobody(why: string): void {
    this.#leaderNode = undefined;
    this.#listener?.onNoLeader(why);
  }

  #failed(error: number): void {
    const listener = this.#listener;
    if (error !== zooKeeper.errors.noAuth) {
      // Such as a server that has lost its own ensemble: another one may do better.
      this.#connection?.close();
      this.#lost(`it answers with error ${error}`);
      return;
    }
    this.close();
    listener?.onFailed(
      new FiresteelError(
        'ZOOKEEPER_REFUSED',
        `ZooKeeper does not let ${this.name} be read${this.#address.credentials === undefined ? '. Put user:password@ before the hosts.' : ' with the credentials in the master URL. Check them.'}`,
        { data: { address: this.name } },
      ),
    );
  }
}

/** Contenders are called `json.info_0000000042`; other nodes are none of our business. */
function leaderOf(children: readonly string[]): string | undefined {
  let leader: { readonly node: string; readonly sequence: number } | undefined;
  for (const node of children) {
    const digits = /^json\.info_(\d+)$/.exec(node)?.[1];
    if (digits === undefined) continue;
    const sequence = Number(digits);
    if (leader === undefined || sequence < leader.sequence) leader = { node, sequence };
  }
  return leader?.node;
}

/** `ip:port` of a MasterInfo, because host names need not resolve here. */
function masterAddress(json: string): string | undefined {
  try {
    const { address, pid } = JSON.parse(json) as {
      readonly address?: {
        readonly ip?: string;
        readonly hostname?: string;
        readonly port: number;
      };
      readonly pid?: string;
    };
    const host = address?.ip ?? address?.hostname;
    if (address === undefined || host === undefined) return pid?.split('@')[1];
    return `${host.includes(':') ? `[${host}]` : host}:${address.port}`;
  } catch {
    return undefined;
  }
}
