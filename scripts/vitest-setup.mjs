// Tests never run against packages that are older than their sources.
export { setUp as setup } from './setup.mjs';
