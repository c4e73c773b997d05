import { existsSync, writeFileSync } from 'node:fs';
import { STRIKES, type Strike, type Workload, workloads } from './workloads.js';

/** What can happen to an executor in the middle of a stage. */
type Fault = 'kill' | 'killAll' | 'throw' | 'slow' | 'exit' | 'stop' | 'heap';

/** Those that are over at once; `stop` and `heap` take seconds, and are rarer. */
const quickFaults: readonly Fault[] = ['kill', 'kill', 'killAll', 'throw', 'slow', 'exit'];

/** One run of a workload with one fault, all of it given by the seed. */
export interface Schedule {
  readonly seed: number;
  readonly workload: Workload;
  readonly fault: Fault;
  readonly stage: 'map' | 'reduce';
  /** The row at which it happens. */
  readonly row: number;
}

export function scheduleOf(seed: number): Schedule {
  // Mulberry32: near seeds give schedules that have nothing in common.
  let state = seed;
  const random = (below: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
  const workload = workloads[random(workloads.length)] as Workload;
  const quick = quickFaults[random(quickFaults.length)] as Fault;
  const fault = [quick, 'heap', 'stop'][Math.max(0, random(20) - 17)] as Fault;
  const stage = random(2) === 0 ? 'map' : 'reduce';
  // Every reduce stage has a row 0.
  const row = stage === 'map' ? random(STRIKES) : 0;
  return { seed, workload, fault, stage, row };
}

/** The function that makes the fault happen once, in whichever process comes to the row first. */
export function striking(schedule: Schedule, marker: string, pids: readonly number[]): Strike {
  const { fault, stage, row } = schedule;
  return (at, struck) => {
    if (at !== stage || struck !== row || existsSync(marker)) return;
    writeFileSync(marker, String(process.pid));
    const others = pids.filter((pid) => pid !== process.pid);
    switch (fault) {
      case 'kill':
        process.kill(process.pid, 'SIGKILL');
        break;
      case 'killAll':
        for (const pid of others) process.kill(pid, 'SIGKILL');
        process.kill(process.pid, 'SIGKILL');
        break;
      case 'stop':
        process.kill(process.pid, 'SIGSTOP');
        break;
      case 'exit':
        process.exit(3);
        break;
      case 'throw':
        throw new Error('a fault that does not come again');
      case 'slow':
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
        break;
      case 'heap': {
        const hoarded: unknown[] = [];
        for (let i = 0; ; i++) hoarded.push({ i, list: [i, i + 1] });
      }
    }
  };
}
