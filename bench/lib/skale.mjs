import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { cachePath } from './paths.mjs';

/**
 * The directory whose `node_modules` holds skale 1.2. It lives in the cache, apart from the
 * packages of this repository.
 *
 * @param {boolean} install whether it may be fetched from the npm registry
 * @returns {{ home: string } | { skipped: string }}
 */
export function prepareSkale(install) {
  const manifest = cachePath('skale', 'package.json');
  const home = cachePath('skale');
  if (existsSync(`${home}/node_modules/skale/package.json`)) return { home };
  if (!install) return { skipped: 'not installed; --install fetches it from npm' };
  writeFileSync(manifest, '{ "private": true }\n');
  // One of its optional parts has a native build that fails; nothing the bench uses needs it.
  const npm = ['install', '--ignore-scripts', '--no-audit', '--no-fund', 'skale@1.2'];
  const { error, status, stderr } = spawnSync('npm', npm, { cwd: home, encoding: 'utf8' });
  if (error !== undefined || status !== 0)
    return { skipped: `npm could not install it: ${firstLine(error?.message ?? stderr)}` };
  return { home };
}

/**
 * @param {string} text
 * @returns {string}
 */
function firstLine(text) {
  return text.trim().split('\n')[0] ?? '';
}
