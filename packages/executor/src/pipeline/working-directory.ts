import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A fresh directory with links to all that is in the current one; `remove` deletes it. */
export function linkedWorkingDirectory(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'firesteel-pipe-'));
  const remove = () => rmSync(path, { recursive: true, force: true });
  try {
    const current = process.cwd();
    for (const name of readdirSync(current)) symlinkSync(join(current, name), join(path, name));
  } catch (error) {
    remove();
    throw error;
  }
  return { path, remove };
}
