export { join as joinPaths } from 'node:path';
export { default as double, shout as loud } from './own-module.js';
