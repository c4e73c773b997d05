import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FileOutput } from '@firesteel/plan';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { listSplits } from './list-splits.js';
import { beginOutput, type OutputJob } from './output-directory.js';
import { openPart } from './part-writer.js';

/** Asked before each rename: true makes it fail. */
let failsRename: (from: string, to: string) => boolean = () => false;

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return {
    ...fs,
    renameSync(from: string, to: string) {
      if (failsRename(from, to))
        throw Object.assign(new Error('EIO: injected'), { code: 'EIO', syscall: 'rename' });
      fs.renameSync(from, to);
    },
  };
});

const DAY_MS = 24 * 60 * 60_000;
let root: string;
let out: string;
let outputs = 0;

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'firesteel-io-')));
  out = path.join(root, 'out');
});

afterEach(() => {
  failsRename = () => false;
  rmSync(root, { recursive: true, force: true });
});

function begin(mode: FileOutput['mode'], lines: string[]): { job: OutputJob; commit: () => void } {
  const to: FileOutput = {
    path: out,
    id: `id${outputs++}`,
    mode,
    format: 'text',
    compression: 'none',
  };
  const job = beginOutput(to);
  const parts = lines.map((line, partition) => {
    const part = openPart(to, partition, 0);
    part.add(line);
    return part.finish();
  });
  return { job, commit: () => job.commit(parts) };
}

function save(mode: FileOutput['mode'], ...lines: string[]): void {
  begin(mode, lines).commit();
}

function parts(directory = out): string[] {
  return readdirSync(directory)
    .filter((name) => name.startsWith('part'))
    .sort()
    .map((name) => readFileSync(path.join(directory, name), 'utf8').trim());
}

const asides = () => readdirSync(root).filter((name) => name.startsWith('.firesteel-'));

/** Leaves what a driver leaves that dies between the two renames of an overwrite. */
function crashBetweenRenames(): string {
  save('error', 'old');
  const { commit } = begin('overwrite', ['new']);
  failsRename = (_, to) => to === out;
  let oldData: unknown;
  try {
    commit();
  } catch (error) {
    oldData = (error as { data?: { oldData?: unknown } }).data?.oldData;
  }
  failsRename = () => false;
  expect(existsSync(out)).toBe(false);
  return oldData as string;
}

describe('an overwrite whose swap fails', () => {
  it('puts the old data back', () => {
    save('error', 'old');
    const { job, commit } = begin('overwrite', ['new']);
    failsRename = (from, to) => to === out && from.includes('new');
    expect(commit).toThrowError(expect.objectContaining({ code: 'OUTPUT_FAILED' }));
    job.abort();
    expect(parts()).toEqual(['old']);
    expect(readdirSync(root)).toEqual(['out']);
  });

  it('keeps the old data and says where, when it cannot be put back', () => {
    save('error', 'old');
    const { job, commit } = begin('overwrite', ['new']);
    failsRename = (_, to) => to === out;
    let message = '';
    let oldData = '';
    expect(commit).toThrowError(
      expect.toSatisfy((error: Error & { code: string; data: Record<string, string> }) => {
        message = error.message;
        oldData = error.data.oldData ?? '';
        return error.code === 'OUTPUT_FAILED' && error.data.path === out;
      }),
    );
    job.abort();
    expect(message).toContain(JSON.stringify(oldData));
    expect(parts(oldData)).toEqual(['old']);
  });

  it('keeps the old data when somebody else has taken its place', () => {
    save('error', 'old');
    const { job, commit } = begin('overwrite', ['new']);
    failsRename = (_, to) => {
      if (to === out) {
        mkdirSync(out, { recursive: true });
        writeFileSync(path.join(out, 'other'), '');
      }
      return false;
    };
    expect(commit).toThrowError(expect.objectContaining({ code: 'OUTPUT_FAILED' }));
    job.abort();
    const [aside = ''] = asides();
    expect(parts(path.join(root, aside, 'old/out'))).toEqual(['old']);
  });
});

describe('after a crash between the two renames of an overwrite', () => {
  it('reading the path names where the old data is', () => {
    const oldData = crashBetweenRenames();
    const hints = { minPartitions: 1, defaultMinPartitions: 1, defaultParallelism: 1 };
    expect(() => listSplits(out, { kind: 'binary' }, hints)).toThrowError(
      expect.objectContaining({
        code: 'PATH_NOT_FOUND',
        message: expect.stringContaining(JSON.stringify(oldData)),
        data: { path: out, oldData },
      }),
    );
    expect(parts(oldData)).toEqual(['old']);
  });

  it('the next output to the path puts the old data back first', () => {
    crashBetweenRenames();
    expect(() => begin('error', [])).toThrowError(
      expect.objectContaining({ code: 'OUTPUT_EXISTS' }),
    );
    expect(parts()).toEqual(['old']);
    expect(readdirSync(root)).toEqual(['out']);
  });

  it('an output to the path that is given up leaves the old data', () => {
    crashBetweenRenames();
    begin('overwrite', ['newer']).job.abort();
    expect(parts()).toEqual(['old']);
    save('append', 'more');
    expect(parts()).toEqual(['old', 'more']);
  });

  it('outputs to other paths leave it alone', () => {
    const oldData = crashBetweenRenames();
    out = path.join(root, 'other');
    save('overwrite', 'other');
    save('overwrite', 'other too');
    expect(parts(oldData)).toEqual(['old']);
  });
});

describe('what a crash leaves behind', () => {
  it('of a finished overwrite goes with the next output to the path', () => {
    save('error', 'new');
    mkdirSync(path.join(root, '.firesteel-crash/old/out'), { recursive: true });
    mkdirSync(path.join(root, '.firesteel-crash/new'));
    save('append', 'more');
    expect(asides()).toEqual([]);
  });

  it('of an append goes with the next output when it is a day old', () => {
    save('error', 'old');
    begin('append', ['crashed']).job;
    const temporary = path.join(out, '_temporary');
    const [crashed = ''] = readdirSync(temporary);
    save('append', 'second');
    expect(readdirSync(temporary)).toEqual([crashed]);
    const before = new Date(Date.now() - 2 * DAY_MS);
    utimesSync(path.join(temporary, crashed), before, before);
    save('append', 'third');
    expect(existsSync(temporary)).toBe(false);
    expect(parts()).toEqual(['old', 'second', 'third']);
  });

  it('is not taken for that of an output that still runs', () => {
    vi.useFakeTimers({ now: Date.now() - 2 * DAY_MS });
    try {
      save('error', 'old');
      const slow = begin('append', ['slow']);
      vi.advanceTimersByTime(2 * DAY_MS);
      save('append', 'other');
      slow.commit();
      expect(parts().sort()).toEqual(['old', 'other', 'slow']);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('an append whose commit fails', () => {
  it('takes back the files that it had moved, and marks the directory again', () => {
    save('error', 'old');
    const { job, commit } = begin('append', ['a', 'b']);
    failsRename = (_, to) => to.includes('part-00001');
    expect(commit).toThrowError(expect.objectContaining({ code: 'OUTPUT_FAILED' }));
    job.abort();
    expect(readdirSync(out).sort()).toEqual(['_SUCCESS', 'part-00000']);
  });
});
