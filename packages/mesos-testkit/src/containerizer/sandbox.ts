import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Where the run of an executor lives, in Mesos's own layout; `latest` points to the newest. */
export function createSandbox(
  workDir: string,
  ids: {
    readonly agentId: string;
    readonly frameworkId: string;
    readonly executorId: string;
    readonly containerId: string;
  },
): string {
  const runs = runsDirectory(workDir, ids);
  const sandbox = join(runs, ids.containerId);
  mkdirSync(sandbox, { recursive: true });
  const latest = join(runs, 'latest');
  rmSync(latest, { force: true });
  symlinkSync(ids.containerId, latest);
  return sandbox;
}

export function runsDirectory(
  workDir: string,
  ids: { readonly agentId: string; readonly frameworkId: string; readonly executorId: string },
): string {
  const { agentId, frameworkId, executorId } = ids;
  const path = ['slaves', agentId, 'frameworks', frameworkId, 'executors', executorId, 'runs'];
  return join(workDir, ...path);
}
