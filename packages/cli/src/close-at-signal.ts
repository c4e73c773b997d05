/** Ends a server with the first Ctrl-C or SIGTERM; the process ends with it. */
export function closeAtSignal(server: { close(): Promise<void> }): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void server.close());
}
