import type { MasterInfo } from '@firesteel/mesos-protocol';
import type { ZooKeeperStub } from './zookeeper-stub.js';

/**
 * The nodes by which masters compete to lead (mesos: src/master/contender/zookeeper.cpp): the one
 * with the smallest number leads, and numbers are never used again.
 */
export class Contenders {
  readonly #zooKeeper: ZooKeeperStub;
  readonly #path: string;
  #nodes: string[] = [];
  #nextSequence = 0;

  constructor(zooKeeper: ZooKeeperStub, path: string) {
    this.#zooKeeper = zooKeeper;
    this.#path = path;
    // As in a real ensemble: the masters' replicated log lies beside them.
    zooKeeper.set(`${path}/log_replicas`, '');
  }

  /** The leader's session is over, and nobody has taken its place. */
  leaderLeaves(): void {
    const leader = this.#nodes.shift();
    if (leader !== undefined) this.#zooKeeper.remove(leader);
  }

  /** A master stands by, after all others. */
  join(master: MasterInfo): void {
    this.#nodes.push(this.#enter(master));
  }

  /** All masters enter anew, the one that is to lead first. */
  enter(masters: readonly MasterInfo[]): void {
    const before = this.#nodes;
    this.#nodes = masters.map((master) => this.#enter(master));
    for (const node of before) this.#zooKeeper.remove(node);
  }

  #enter(master: MasterInfo): string {
    const node = `${this.#path}/json.info_${String(this.#nextSequence++).padStart(10, '0')}`;
    this.#zooKeeper.set(node, JSON.stringify(master));
    return node;
  }
}
