export { join as joinPaths } from 'node:path';
export { default as double, Greeter, shout as loud } from './own-module.js';
