/** What a shell says of a program that SIGPIPE has ended, which Node ignores. */
const exitClosedPipe = 141;

/**
 * Ends quietly when nobody reads the output any more (`firesteel --help | head`): a job as by
 * SIGTERM, which cancels what runs and cleans up. A program with a listener of its own is left alone.
 */
export function endWithClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (process.stdout.listenerCount('error') > 1) return;
    if (error.code !== 'EPIPE') throw error;
    if (process.listenerCount('SIGTERM') > 0) process.kill(process.pid, 'SIGTERM');
    else process.exit(exitClosedPipe);
  });
}
