/** The `firesteel` command. */
export type { Installation } from './installation.js';
export { main } from './main.js';
