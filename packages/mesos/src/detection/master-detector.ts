import type { FiresteelError } from '@firesteel/common';

/** What a detector tells, first when it knows and then with each change. */
export interface DetectorListener {
  /** `host:port` of the master that leads from now on; the same one again if it was elected anew. */
  readonly onLeader: (address: string) => void;
  /** Nobody leads, or nobody can be asked: for now. */
  readonly onNoLeader: (why: string) => void;
  /** Once, for good: no master will ever be found this way. */
  readonly onFailed: (error: FiresteelError) => void;
}

/** Finds the leading master by other means than asking masters, and follows it. */
export interface MasterDetector {
  /** As it stands in a master URL, without credentials. */
  readonly name: string;
  /** Begins to look. To be called once. */
  start(listener: DetectorListener): void;
  /** Stops to look; the listener hears nothing any more. */
  close(): void;
}
