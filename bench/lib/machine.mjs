import { spawnSync } from 'node:child_process';
import { arch, cpus, release, totalmem, type } from 'node:os';

/**
 * The machine and the versions of what runs on it, for the record beside the numbers.
 *
 * @returns {Record<string, string>}
 */
export function describeMachine() {
  const processors = cpus();
  return {
    processors: `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release()} ${arch()}`,
    node: `${process.version} (V8 ${process.versions.v8})`,
    java: version('java', ['-version']),
    cc: version('cc', ['--version']),
    commit: version('git', ['rev-parse', '--short', 'HEAD']),
  };
}

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {string} the first line that the command prints
 */
function version(command, args) {
  const { error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (error !== undefined) return 'not installed';
  return `${stdout}${stderr}`.trim().split('\n')[0] ?? '';
}
