import { watchLiveContexts } from '@firesteel/common';
import { ProgressLines } from './progress.js';

const redrawIntervalMs = 100;
/** Where each change stays on its own lines. */
const writeIntervalMs = 1000;

/** How a command line asks for progress. */
export interface ProgressOptions {
  readonly quiet: boolean;
  /** Also where stderr is no terminal, and in CI. */
  readonly progress: boolean;
}

/** Whether progress is wanted here: on terminals, but not in CI, unless the user says otherwise. */
export function wantsProgress({ quiet, progress }: ProgressOptions): boolean {
  if (quiet) return false;
  return progress || (process.stderr.isTTY === true && !process.env.CI);
}

/**
 * Shows the progress of every context of this process on stderr. While the lines are visible,
 * whatever the job prints takes their place and they come back below. The returned function ends
 * it.
 */
export function showProgress(): () => void {
  const { stdout, stderr } = process;
  const lines = new ProgressLines(stderr, () => performance.now());
  const timer = setInterval(() => lines.draw(), stderr.isTTY ? redrawIntervalMs : writeIntervalMs);
  timer.unref();
  const unwatch = watchLiveContexts((context) => lines.watch(context.events));

  const write = stdout.write;
  if (stdout.isTTY) {
    stdout.write = function writeAbove(this: typeof stdout, ...args: Parameters<typeof write>) {
      lines.clear();
      return write.apply(this, args);
    } as typeof write;
  }
  return () => {
    unwatch();
    clearInterval(timer);
    stdout.write = write;
    lines.clear();
  };
}
