// npm run wordcount -- [files, directories or globs…]
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, setUp } from './setup.mjs';

setUp();
const firesteel = join(root, 'packages/firesteel/bin/firesteel.js');
const job = join(root, 'examples/wordcount.ts');
process.argv = [process.execPath, firesteel, 'submit', '--summary', job, ...process.argv.slice(2)];
if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
await import(pathToFileURL(firesteel).href);
