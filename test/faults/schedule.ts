import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { STRIKES, type Strike, type Workload, workloads } from './workloads.js';

/** What can happen to an executor in the middle of a stage. */
const executorFaults = ['kill', 'kill', 'killAll', 'throw', 'slow', 'exit'] as const;
/** What can happen to answers with blocks, later than the row. */
const transferFaults = ['drop', 'delay', 'truncate', 'corrupt'] as const;
/** What can happen to map outputs in files, and to the service that serves them. */
const fileFaults = ['diskFull', 'serviceRestart'] as const;
/** These take seconds, and are rarer. */
const slowFaults = ['heap', 'stop'] as const;

type Fault =
  | (typeof executorFaults)[number]
  | (typeof transferFaults)[number]
  | (typeof fileFaults)[number]
  | (typeof slowFaults)[number];

/** One run of a workload with one fault, all of it given by the seed. */
export interface Schedule {
  readonly seed: number;
  readonly workload: Workload;
  readonly fault: Fault;
  readonly stage: 'map' | 'reduce';
  /** The row at which it happens. */
  readonly row: number;
  /** How often: reads of blocks are tried four times, so that six faults are a lost output. */
  readonly times: number;
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
  const oneOf = <T>(list: readonly T[]) => list[random(list.length)] as T;
  const workload = oneOf(workloads);
  const faults = [executorFaults, executorFaults, executorFaults, transferFaults, fileFaults];
  const fault =
    random(10) === 0 ? oneOf(slowFaults) : oneOf<Fault>(oneOf<readonly Fault[]>(faults));
  // Map stages write outputs, which are read after them.
  const isLater = isTransferFault(fault) || fault === 'diskFull';
  const stage = isLater || random(2) === 0 ? 'map' : 'reduce';
  // Every reduce stage has a row 0.
  const row = stage === 'map' ? random(STRIKES) : 0;
  return { seed, workload, fault, stage, row, times: oneOf([1, 6]) };
}

export function isTransferFault(fault: Fault): fault is (typeof transferFaults)[number] {
  return (transferFaults as readonly Fault[]).includes(fault);
}

/** Whether map outputs must be in files of a shuffle service for it. */
export function needsService({ fault }: Schedule): boolean {
  return (fileFaults as readonly Fault[]).includes(fault);
}

/** What a fault needs to know of the cluster. */
export interface Scene {
  /** A file that tells that the fault happens, with the process that came to the row first. */
  readonly marker: string;
  /** A file that is there while an executor is slowed. */
  readonly slowing: string;
  readonly executorPids: readonly number[];
  /** See transfer-faults.mjs. */
  readonly transferFaults: string;
  readonly servicePid: number;
}

const STOPPED_MS = 95;
const RUNNING_MS = 5;

/** Lets a process run for a twentieth of the time, as long as there is a file. */
const SLOWER = `
  const fs = require('node:fs');
  const [pid, slowing] = process.argv.slice(1);
  const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  try {
    while (fs.existsSync(slowing)) {
      process.kill(pid, 'SIGSTOP');
      sleep(${STOPPED_MS});
      process.kill(pid, 'SIGCONT');
      sleep(${RUNNING_MS});
    }
  } catch {
    // The process is gone.
  }`;

/** The function that makes the fault happen once, in whichever process comes to the row first. */
export function striking(schedule: Schedule, scene: Scene): Strike {
  const { seed, fault, stage, row, times } = schedule;
  const { marker, slowing, executorPids, servicePid } = scene;
  return (at, struck) => {
    if (at !== stage || struck !== row || fs.existsSync(marker)) return;
    fs.writeFileSync(marker, String(process.pid));
    const others = executorPids.filter((pid) => pid !== process.pid);
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
        fs.writeFileSync(slowing, '');
        // A program of its own: a process that is stopped cannot go on by itself.
        spawn(process.execPath, ['--eval', SLOWER, String(process.pid), slowing], {
          stdio: 'ignore',
        });
        // It has begun when time is missing here.
        for (let last = Date.now(), now = last; now - last < STOPPED_MS / 2; now = Date.now())
          last = now;
        break;
      case 'heap': {
        const hoarded: unknown[] = [];
        for (let i = 0; ; i++) hoarded.push({ i, list: [i, i + 1] });
      }
      case 'diskFull': {
        const { writeSync } = fs;
        const full = () => {
          fs.writeSync = writeSync;
          syncBuiltinESMExports();
          throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
        };
        fs.writeSync = full;
        syncBuiltinESMExports();
        break;
      }
      case 'serviceRestart':
        process.kill(servicePid, 'SIGKILL');
        break;
      default:
        for (let i = 0; i < times; i++)
          fs.writeFileSync(join(scene.transferFaults, `${seed}-${i}.${fault}.armed`), '');
    }
  };
}
