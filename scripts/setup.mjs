// Brings a clone into a state in which it can run: dependencies installed, packages built. It
// uses nothing but Node, because it runs before anything is installed, and it decides by looking
// at files only, so that calls that find everything in place cost a few milliseconds.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newestMs } from './newest.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Installs and builds what is missing or stale; ends the process if that fails. */
export function setUp() {
  const installReason = whyInstall();
  if (installReason !== undefined) {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    run(`npm ci (${installReason})`, npm, ['ci', '--ignore-scripts']);
    writeFileSync(stamp, lockHash());
  }
  const buildReason = whyBuild();
  if (buildReason !== undefined) {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    run(`tsc -b (${buildReason})`, process.execPath, [tsc, '-b']);
    run('rolldown', process.execPath, [join(root, 'scripts/bundle.mjs')]);
  }
  // The pages share names and types with the package.
  const newestOfPages = Math.max(
    ...['web', 'src'].map((part) => newestMs(join(root, 'packages/ui', part))),
  );
  if (newestOfPages > modifiedMs('packages/ui/dist/web/index.html'))
    run('vite build (the web pages)', process.execPath, [join(root, 'packages/ui/web/build.mjs')]);
}

/** Written after an installation; holds the hash of the package-lock.json that it followed. */
const stamp = join(root, 'node_modules/.set-up');

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

/** Compares what is installed, by these scripts or by hand, with what package-lock.json asks for. */
function whyInstall() {
  if (readText('node_modules/.set-up') === lockHash()) return undefined;
  const installed = readJson('node_modules/.package-lock.json')?.packages;
  if (installed === undefined) return 'node_modules is missing';
  const { packages } = readJson('package-lock.json');
  for (const [path, { version, link, optional, devOptional }] of Object.entries(packages)) {
    // Optional ones may be for another platform; workspaces are only linked.
    if (!path.startsWith('node_modules/') || link || optional || devOptional) continue;
    if (installed[path]?.version !== version) return `${path} is not at version ${version}`;
  }
  return undefined;
}

/** Compares the sources of each package with its last build. */
function whyBuild() {
  for (const name of readdirSync(join(root, 'packages'))) {
    const dist = `packages/${name}/dist`;
    const built = Math.min(modifiedMs(`${dist}/.tsbuildinfo`), modifiedMs(`${dist}/index.js`));
    if (built === 0) return `${name} is not built`;
    if (newestMs(join(root, `packages/${name}/src`)) > built) return `${name} has changed`;
  }
  return undefined;
}

function modifiedMs(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function readJson(path) {
  const text = readText(path);
  return text === undefined ? undefined : JSON.parse(text);
}

function readText(path) {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function run(title, command, args) {
  process.stderr.write(`set-up: ${title}\n`);
  // Standard output belongs to the program that is set up.
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (error !== undefined) process.stderr.write(`set-up: ${error.message}\n`);
  if (status !== 0) process.exit(status ?? 1);
}
