import { readdirSync, readFileSync } from 'node:fs';

/** Rare enough to cost a percent of a core where a program has a hundred threads. */
const sampleMs = 50;
/** `times` in /proc are in ticks of USER_HZ, which is 100 on every Linux that Node supports. */
const tickMs = 10;

/**
 * Watches the processes below `rootPid` (not itself) through /proc until stopped. Where there is
 * no /proc the results stay 0.
 *
 * @param {number} rootPid
 * @returns {{ stop: () => { peakRssBytes: number, cpuMs: number, rssBytes: number[] } }} `rssBytes`
 *   is the memory at equal distances in time
 */
export function watchTree(rootPid) {
  /** @type {Map<number, { highWaterBytes: number, cpuMs: number }>} */
  const seen = new Map();
  /** @type {number[]} */
  const rssBytes = [];
  const sample = () => {
    let sumBytes = 0;
    for (const pid of descendants(rootPid)) {
      const usage = readUsage(pid);
      if (usage === undefined) continue;
      seen.set(pid, usage);
      sumBytes += usage.rssBytes;
    }
    rssBytes.push(sumBytes);
  };
  const timer = setInterval(sample, sampleMs);
  return {
    stop() {
      clearInterval(timer);
      const usages = [...seen.values()];
      // The kernel's own high-water mark is exact for one process; the sampled sum is what several
      // processes held at the same time.
      return {
        peakRssBytes: rssBytes.reduce(
          (peak, bytes) => Math.max(peak, bytes),
          Math.max(0, ...usages.map((usage) => usage.highWaterBytes)),
        ),
        rssBytes,
        cpuMs: usages.reduce((sum, usage) => sum + usage.cpuMs, 0),
      };
    },
  };
}

/**
 * @param {number} pid
 * @returns {number[]}
 */
function descendants(pid) {
  /** @type {number[]} */
  const found = [];
  const open = [pid];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const child of children(at)) {
      found.push(child);
      open.push(child);
    }
  }
  return found;
}

/**
 * @param {number} pid
 * @returns {number[]}
 */
function children(pid) {
  try {
    // Any thread may have forked.
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1')
        .split(' ')
        .filter((child) => child !== '')
        .map(Number),
    );
  } catch {
    return []; // it ended meanwhile
  }
}

/**
 * @param {number} pid
 * @returns {{ rssBytes: number, highWaterBytes: number, cpuMs: number } | undefined}
 */
function readUsage(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold anything, so fields are counted behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [user, system] = [Number(fields[11]), Number(fields[12])];
    return {
      rssBytes: kilobytes(status, 'VmRSS') * 1024,
      highWaterBytes: kilobytes(status, 'VmHWM') * 1024,
      cpuMs: (user + system) * tickMs,
    };
  } catch {
    return undefined;
  }
}

/**
 * @param {string} status
 * @param {string} field
 * @returns {number}
 */
function kilobytes(status, field) {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
}
