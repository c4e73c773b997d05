/** The interactive shell of Firesteel: evaluates TypeScript inputs with a running context. */
export type { ShellContext, ShellHost, ShellOptions } from './host.js';
export { runShell } from './run-shell.js';
