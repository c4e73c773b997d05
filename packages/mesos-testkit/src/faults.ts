import type { TaskState, TaskStatus } from '@firesteel/mesos-protocol';
import type { Clock } from './clock.js';
import type { RecordSplitter } from './http/event-stream.js';
import type { Master, MasterFaults } from './master/master.js';

/** Which updates a fault concerns; all of them without any member. */
export interface UpdateFilter {
  readonly taskId?: string;
  readonly state?: TaskState;
}

/** What a fault needs of its cluster. */
export interface FaultContext {
  readonly clock: Clock;
  readonly leader: () => Master | undefined;
  readonly elect: (masterIndex: number | undefined) => void;
  readonly killLeader: () => Promise<void>;
  readonly restartMaster: (masterIndex: number) => Promise<void>;
}

/** Gives up a fault that lasts. */
export type StopFault = () => void;

/**
 * What goes wrong in a cluster, on demand. Faults of single agents are methods of
 * {@link TestAgent}; these are of the master and of its connections with frameworks.
 */
export class Faults {
  readonly #context: FaultContext;
  readonly #updateFaults: {
    readonly filter: UpdateFilter;
    readonly act: (send: () => void) => void;
  }[] = [];
  #split: RecordSplitter | undefined;
  /** Read by masters. */
  readonly ofMaster: MasterFaults;

  constructor(context: FaultContext) {
    this.#context = context;
    this.ofMaster = {
      onUpdate: undefined,
      reconciliationIsSilent: false,
      heartbeatsAreSilent: false,
      acknowledgementsAreWithheld: false,
    };
  }

  /** Read by masters when a stream is opened. */
  get split(): RecordSplitter | undefined {
    return this.#split;
  }

  /** Takes all outstanding offers back, of one framework or of all: RESCIND events. */
  rescindOffers(frameworkId?: string): void {
    const master = this.#context.leader();
    for (const offer of [...(master?.offers.values() ?? [])]) {
      if (frameworkId === undefined || offer.frameworkId === frameworkId) master?.rescind(offer);
    }
  }

  /** Cuts the event streams, of one framework or of all. */
  disconnect(frameworkId?: string): void {
    for (const framework of [...(this.#context.leader()?.frameworks.values() ?? [])]) {
      if (frameworkId === undefined || framework.id === frameworkId) {
        framework.stream?.cut();
      }
    }
  }

  /** Sends a record of any content to a framework, such as an event of a type yet unknown. */
  sendRecord(frameworkId: string, payload: Uint8Array): void {
    this.#context.leader()?.frameworks.get(frameworkId)?.stream?.sendBytes(payload);
  }

  /** Updates arrive later, by a time on the cluster's clock. */
  delayUpdates(byMs: number, filter: UpdateFilter = {}): StopFault {
    return this.#onUpdate(filter, (send) => this.#context.clock.setTimer(byMs, send));
  }

  /** Updates arrive so often. */
  repeatUpdates(times: number, filter: UpdateFilter = {}): StopFault {
    return this.#onUpdate(filter, (send) => {
      for (let i = 0; i < times; i++) send();
    });
  }

  /** Updates are lost on their way; agents send them again. */
  dropUpdates(filter: UpdateFilter = {}): StopFault {
    return this.#onUpdate(filter, () => {});
  }

  /** RECONCILE is not answered. */
  silenceReconciliation(): StopFault {
    return this.#flag('reconciliationIsSilent');
  }

  /** Frameworks hear no heartbeats any more. */
  silenceHeartbeats(): StopFault {
    return this.#flag('heartbeatsAreSilent');
  }

  /** Acknowledgements of frameworks are answered with 202 and forgotten. */
  withholdAcknowledgements(): StopFault {
    return this.#flag('acknowledgementsAreWithheld');
  }

  /** Records of streams that are opened from now on are written in pieces of so many bytes. */
  splitRecords(sizeBytes: number): StopFault {
    this.#split = (record) =>
      Array.from({ length: Math.ceil(record.length / sizeBytes) }, (_, i) =>
        record.subarray(i * sizeBytes, (i + 1) * sizeBytes),
      );
    return () => {
      this.#split = undefined;
    };
  }

  /** The leading master dies, and another one (or the same, restarted) leads at once. */
  electLeader(masterIndex: number): void {
    this.#context.elect(masterIndex);
  }

  /** The leading master dies, and nobody leads until {@link electLeader}. */
  loseLeader(): void {
    this.#context.elect(undefined);
  }

  /**
   * The process of the leading master is gone. Until {@link electLeader}, the others do not know:
   * they lead clients to it, as real ones do until its session with ZooKeeper is over.
   */
  killLeader(): Promise<void> {
    return this.#context.killLeader();
  }

  /** Starts a master again that was killed; it stands by. */
  restartMaster(masterIndex: number): Promise<void> {
    return this.#context.restartMaster(masterIndex);
  }

  /** The leading master answers 503 until the returned function is called. */
  holdRecovery(): StopFault {
    const master = this.#context.leader();
    if (master !== undefined) master.recovered = false;
    return () => {
      if (master !== undefined) master.recovered = true;
    };
  }

  #onUpdate(filter: UpdateFilter, act: (send: () => void) => void): StopFault {
    const fault = { filter, act };
    this.#updateFaults.push(fault);
    this.ofMaster.onUpdate = (status, send) => this.#distort(status, send);
    return () => {
      this.#updateFaults.splice(this.#updateFaults.indexOf(fault), 1);
      if (this.#updateFaults.length === 0) this.ofMaster.onUpdate = undefined;
    };
  }

  /** The first fault that fits decides. */
  #distort(status: TaskStatus, send: () => void): void {
    const fault = this.#updateFaults.find(
      ({ filter: { taskId, state } }) =>
        (taskId === undefined || taskId === status.task_id.value) &&
        (state === undefined || state === status.state),
    );
    if (fault === undefined) send();
    else fault.act(send);
  }

  #flag(name: Exclude<keyof MasterFaults, 'onUpdate'>): StopFault {
    this.ofMaster[name] = true;
    return () => {
      this.ofMaster[name] = false;
    };
  }
}
