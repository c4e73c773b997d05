import { watchLiveContexts } from '@firesteel/common';
import { ProgressLine } from './progress.js';

const redrawIntervalMs = 100;

/**
 * Shows the progress of every context of this process on stderr. While the line is visible,
 * whatever the job prints takes its place and the line comes back below. The returned function
 * ends it.
 */
export function showProgress(): () => void {
  const line = new ProgressLine(process.stderr, () => performance.now());
  const timer = setInterval(() => line.draw(), redrawIntervalMs);
  timer.unref();
  const unwatch = watchLiveContexts((context) => line.watch(context.events));

  const { stdout } = process;
  const write = stdout.write;
  if (stdout.isTTY) {
    stdout.write = function writeAbove(this: typeof stdout, ...args: Parameters<typeof write>) {
      line.clear();
      return write.apply(this, args);
    } as typeof write;
  }
  return () => {
    unwatch();
    clearInterval(timer);
    stdout.write = write;
    line.clear();
  };
}
