// node scripts/with-setup.mjs <script> [arguments…]: sets up the clone, then runs the script in
// this process, in the directory from which npm was called.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, setUp } from './setup.mjs';

setUp();
const script = join(root, process.argv[2]);
process.argv = [process.execPath, script, ...process.argv.slice(3)];
if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
await import(pathToFileURL(script).href);
