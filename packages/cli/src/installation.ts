import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '@firesteel/common';
import type { ShellContext } from '@firesteel/shell';

/** A `firesteel executor` command; `@firesteel/executor` describes it in full. */
interface ExecutorCommandLine {
  readonly driver: string;
  readonly id: string;
  readonly cores: number;
  readonly memoryMib?: number;
  readonly bindAddress: string;
  readonly host?: string;
  readonly workDir?: string;
  readonly sharesFiles: boolean;
  readonly gate?: MesosGate;
}

/** What a `firesteel history-server` command needs; `@firesteel/ui` describes it in full. */
interface HistoryServer {
  defaultLogDirectory(): string;
  serveHistory(options: {
    readonly directory: string;
    readonly port: number;
    readonly config: Config;
    readonly version: string;
  }): Promise<{ readonly url: string; close(): Promise<void> }>;
}

/** Stands between the executor and its Mesos agent; `@firesteel/mesos` describes it in full. */
interface MesosGate {
  readonly maxTasks: number;
}

/** A `firesteel shuffle-service` command. */
interface ShuffleServiceCommandLine {
  readonly bindAddress: string;
}

/** A shuffle service that listens. */
interface RunningService {
  readonly port: number;
  readonly directory: string;
  close(): Promise<void>;
}

/** The installation of Firesteel whose `bin` file was started; it hands itself to the command. */
export interface Installation {
  readonly version: string;
  /** The file URL that `firesteel` or `@firesteel/…` means in every job. */
  resolve(specifier: string): string;
  /** Loads the engine; called early, so that it loads while the job is bundled. */
  load(): Promise<{ readonly FiresteelContext: { create(): Promise<ShellContext> } }>;
  /** Loads the pages of applications that are over. */
  loadHistoryServer(): Promise<HistoryServer>;
  /** Loads what an executor needs besides to have each task permitted by an agent of Mesos. */
  loadMesosExecutor(): Promise<{ joinAgent(maxTasks: number): Promise<MesosGate> }>;
  /** Loads what a shuffle service needs. */
  loadShuffleService(): Promise<{
    startShuffleService(
      config: Config,
      options: ShuffleServiceCommandLine,
    ): Promise<RunningService>;
  }>;
  /** Loads what an executor process needs, and no more. */
  loadExecutor(): Promise<{ runExecutor(commandLine: ExecutorCommandLine): Promise<number> }>;
}

/** Does what a command line asks for. */
export type Run = (installation: Installation) => Promise<void>;

/** The directories of the packages of Firesteel: `…/@firesteel/` and `…/firesteel/`. */
export function engineFiles(installation: Installation): string[] {
  const packageOf = (specifier: string) =>
    dirname(dirname(fileURLToPath(installation.resolve(specifier))));
  return [join(dirname(packageOf('@firesteel/common')), '/'), join(packageOf('firesteel'), '/')];
}
