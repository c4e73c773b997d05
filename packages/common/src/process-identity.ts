import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Names a process so that another one can tell later whether it still lives:
 * `<domain>-<pid>-<start time>`. Process ids come again; the start time tells two holders apart.
 */
export function processIdentity(): string {
  return `${processDomain()}-${process.pid}-${startTimeOf('self') ?? 0}`;
}

/** False only if the process is certainly gone; one of another host or container may live. */
export function mayBeAlive(identity: string): boolean {
  const match = /^([0-9a-f]{8})-(\d+)-(\d+)$/.exec(identity);
  if (match === null || match[1] !== processDomain()) return true;
  const pid = Number(match[2]);
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const startTime = startTimeOf(pid);
  return startTime === undefined || match[3] === '0' || startTime === match[3];
}

let domain: string | undefined;

/** Within it, process ids mean the same: a host, and on Linux a namespace of process ids. */
function processDomain(): string {
  // Not imported: it takes a thread 10 ms to load what only processes use.
  domain ??= process
    .getBuiltinModule('node:crypto')
    .createHash('sha256')
    .update(`${hostname()}\n${attempt(() => readlinkSync('/proc/self/ns/pid')) ?? ''}`)
    .digest('hex')
    .slice(0, 8);
  return domain;
}

/** In clock ticks since the boot of the machine; known on Linux only. */
function startTimeOf(pid: number | 'self'): string | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  // The name in parentheses may hold spaces; the start time is the 20th field behind it.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
