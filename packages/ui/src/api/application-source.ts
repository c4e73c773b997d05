import type { ApplicationStore } from '../store/application-store.js';
import type { ApplicationState, ApplicationView } from './types.js';

/** An application as the REST interface sees it. */
export interface ServedApplication {
  readonly store: ApplicationStore;
  readonly state: ApplicationState;
  /** Its event log, if there is one that can be read. */
  readonly eventLogPath?: string;
}

/** Where applications come from: the driver has one, a history server those of a directory. */
export interface ApplicationSource {
  readonly isLive: boolean;
  list(): Promise<readonly ApplicationView[]>;
  /** With everything that it has reported up to now; undefined if there is none of that id. */
  open(appId: string): Promise<ServedApplication | undefined>;
}

/** What pages may end. */
export interface ApplicationControl {
  cancelJob(jobId: number, reason: string): void;
  cancelStage(stageId: number, reason: string): void;
}
