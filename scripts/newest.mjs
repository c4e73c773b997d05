import { readdirSync, statSync } from 'node:fs';

/** When the youngest source below a directory was written, in milliseconds; tests do not count. */
export function newestMs(directory) {
  let newest = 0;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory()) newest = Math.max(newest, newestMs(path));
    else if (!/\.test(-d)?\.ts$/.test(path)) newest = Math.max(newest, statSync(path).mtimeMs);
  }
  return newest;
}
