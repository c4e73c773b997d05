/** What an executor keeps between tasks. */
export { BlockStore } from './block-store.js';
