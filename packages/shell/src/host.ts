import type { FiresteelContext } from '@firesteel/rdd';
import type { ModuleHost } from './modules.js';

/** A context as the shell needs it. */
export interface ShellContext extends FiresteelContext {
  /** Of its web pages, if there are any. */
  readonly uiWebUrl: Promise<string | undefined>;
  cancelAllJobs(reason?: string): void;
}

/** What the `firesteel` command lends to the shell. */
export interface ShellHost extends ModuleHost {
  readonly version: string;
  /** Loads the engine and starts a context with the settings of the command line. */
  startContext(): Promise<ShellContext>;
  /** What the user reads about an error whose stack was mapped to sources already. */
  describeError(error: unknown): string;
  /** Shows running stages until the returned function is called. */
  showProgress(): () => void;
  /** Adds up jobs from now on; the returned function tells them in a line, if there were any. */
  startSummary(): () => string | undefined;
}

/** What a user wants of a shell. */
export interface ShellOptions {
  /** Files that are evaluated first, in order. */
  readonly include: readonly string[];
  /** Evaluated instead of what is typed or piped in. */
  readonly expression: string | undefined;
  /** No welcome, no progress, no summaries. */
  readonly quiet: boolean;
}
