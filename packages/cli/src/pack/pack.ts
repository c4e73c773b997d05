import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FiresteelError } from '@firesteel/common';
import { create } from 'tar';
import type { Installation } from '../installation.js';
import { packageLayout, publishedEntries } from './package-layout.js';

/** The directory that the archive unpacks to. */
const root = 'firesteel';

/** Runs the Node binary beside it, or else the one of the host. */
const launcher = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
node="$here/node"
[ -x "$node" ] || node=node
exec "$node" "$here/../node_modules/firesteel/bin/firesteel.js" "$@"
`;

/**
 * Writes an archive of an installation, with the command at `firesteel/bin/firesteel`. The file
 * appears when it is complete.
 * @throws FiresteelError OUTPUT_FAILED
 */
export async function pack(
  installation: Installation,
  { output, withNode }: { readonly output: string; readonly withNode: boolean },
): Promise<{ readonly packages: number; readonly sizeBytes: number }> {
  const staging = mkdtempSync(join(tmpdir(), 'firesteel-pack-'));
  const partial = join(dirname(output), `.${basename(output)}.partial`);
  try {
    const engine = dirname(dirname(fileURLToPath(installation.resolve('firesteel'))));
    const layout = packageLayout('firesteel', engine);
    for (const [path, from] of layout) linkPackage(from, join(staging, root, path));
    const bin = join(staging, root, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'firesteel'), launcher, { mode: 0o755 });
    if (withNode) symlinkSync(process.execPath, join(bin, 'node'));
    const filter = (path: string): boolean => !isForReaders(path);
    const options = { file: partial, cwd: staging, gzip: true, portable: true, follow: true };
    await create({ ...options, filter }, [root]);
    renameSync(partial, output);
    return { packages: layout.size, sizeBytes: statSync(output).size };
  } catch (cause) {
    rmSync(partial, { force: true });
    throw new FiresteelError(
      'OUTPUT_FAILED',
      `The archive ${output} could not be written: ${(cause as Error).message}`,
      { cause, data: { path: output } },
    );
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/**
 * Links instead of copies, which the archive does not have: they are followed. Packages inside of
 * it have places of their own.
 */
function linkPackage(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  const entries = publishedEntries(from) ?? readdirSync(from);
  for (const entry of entries) {
    if (entry !== 'node_modules') symlinkSync(join(from, entry), join(to, entry));
  }
}

/** What only people and compilers read. */
const isForReaders = (path: string): boolean => /\.(d\.[cm]?ts|map|md|markdown)$/.test(path);
