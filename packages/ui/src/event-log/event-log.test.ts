import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SchedulerEvent } from '@firesteel/scheduler';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LogDirectory } from '../history/log-directory.js';
import {
  applicationStart,
  jobEnd,
  jobStart,
  stageCompleted,
  stageSubmitted,
  taskEnd,
  taskStart,
} from '../testing/events.js';
import { LogFollower } from './follower.js';
import { EventLogWriter } from './writer.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'firesteel-event-log-test-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const retention = { jobs: 100, stages: 100, tasks: 100 };
const logs = () => new LogDirectory(directory, retention);

function write(events: readonly SchedulerEvent[]): EventLogWriter {
  const writer = new EventLogWriter(directory, 'local-1');
  for (const event of events) writer.write(event);
  return writer;
}

async function readAll(path: string): Promise<{ events: SchedulerEvent[]; follower: LogFollower }> {
  const events: SchedulerEvent[] = [];
  const follower = new LogFollower(path);
  await follower.read((event) => events.push(event));
  return { events, follower };
}

const inProgress = () => join(directory, 'local-1.jsonl.inprogress');

it('gives back what was written', async () => {
  const events: SchedulerEvent[] = [
    applicationStart(),
    jobStart({ description: 'zählt «Wörter»\n' }),
    stageSubmitted(),
    taskStart(0),
    taskEnd(0, { rowsRead: 3, accumulators: [{ id: 1, name: 'seen', value: 4 }] }),
    stageCompleted(),
    jobEnd(0, new TypeError('bad row')),
    { kind: 'applicationEnd', time: 3000 },
  ];
  write(events).close();
  const { events: read } = await readAll(join(directory, 'local-1.jsonl'));
  expect(read).toEqual(events);
});

it('hides secrets, and cuts values that are no log entries', () => {
  const writer = write([
    jobStart({ properties: { 'db.password': 'hunter2', owner: 'ann' } }),
    taskEnd(0, {
      accumulators: [
        { id: 1, name: 'big', value: 10n ** 20n },
        { id: 2, name: 'long', value: Array(5000).fill('x') },
      ],
    }),
  ]);
  writer.close();
  const text = readFileSync(join(directory, 'local-1.jsonl'), 'utf8');
  expect(text).not.toContain('hunter2');
  expect(text).toContain('"owner":"ann"');
  expect(text).toContain('"100000000000000000000"');
  expect(text.length).toBeLessThan(4000);
});

it('writes when jobs begin and end, and holds tasks back', () => {
  const writer = write([jobStart(), taskStart(0)]);
  const kinds = () =>
    readFileSync(inProgress(), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).kind);
  expect(kinds()).toEqual(['logStart', 'jobStart']);
  writer.write(jobEnd(0));
  expect(kinds()).toEqual(['logStart', 'jobStart', 'taskStart', 'jobEnd']);
  writer.close();
});

it('follows a log that grows, and survives a last line that is cut', async () => {
  const writer = write([applicationStart(), jobStart()]);
  const { events, follower } = await readAll(inProgress());
  expect(events).toHaveLength(2);
  writer.write(jobEnd(0));
  const whole = readFileSync(inProgress());
  truncateSync(inProgress(), whole.length - 5);
  await follower.read((event) => events.push(event));
  expect(events).toHaveLength(2);
  appendFileSync(inProgress(), whole.subarray(-5));
  await follower.read((event) => events.push(event));
  expect([events.length, follower.damagedLines]).toEqual([3, 0]);
  writer.close();
});

it('skips lines that are no events', async () => {
  const writer = write([applicationStart()]);
  writer.flush();
  appendFileSync(inProgress(), '\0\0\0\n{"kind":"jobStart"}\n[]\n"x"\n{"kind":"newer","time":5}\n');
  writer.close();
  const { events, follower } = await readAll(join(directory, 'local-1.jsonl'));
  expect(events.map(({ kind }) => kind)).toEqual(['applicationStart', 'newer']);
  expect(follower.damagedLines).toBe(4);
});

it('lists applications that ended, run or crashed', async () => {
  write([applicationStart(), { kind: 'applicationEnd', time: 9000 }]).close();
  new EventLogWriter(directory, 'local-2').write(
    applicationStart({ appId: 'local-2', time: 2000 }),
  );
  const crashed = readFileSync(join(directory, 'local-2.jsonl.inprogress'), 'utf8')
    .replaceAll('local-2', 'local-3')
    // A process that is gone.
    .replace(/"process":"([0-9a-f]+)-\d+-\d+"/, '"process":"$1-4194304-1"');
  writeFileSync(join(directory, 'local-3.jsonl.inprogress'), crashed);
  writeFileSync(join(directory, 'other.jsonl'), 'no log\n');
  writeFileSync(join(directory, 'notes.txt'), 'no log\n');
  const views = await logs().list();
  expect(views.map(({ id, state, endTime }) => [id, state, endTime]).sort()).toEqual([
    ['local-1', 'ended', 9000],
    ['local-2', 'running', undefined],
    ['local-3', 'crashed', undefined],
  ]);
});

it('opens an application, with what was written since the last time', async () => {
  const writer = write([applicationStart(), jobStart()]);
  const directoryOfLogs = logs();
  const jobsOf = async () => [
    ...((await directoryOfLogs.open('local-1'))?.store.jobs.keys() ?? []),
  ];
  expect(await jobsOf()).toEqual([0]);
  writer.write(jobStart({ jobId: 1 }));
  expect(await jobsOf()).toEqual([0, 1]);
  writer.close();
  expect(await directoryOfLogs.open('local-1')).toMatchObject({ state: 'ended' });
  expect(await directoryOfLogs.open('../local-1')).toBeUndefined();
});

it('refuses the log of a newer version', async () => {
  const path = join(directory, 'local-9.jsonl');
  writeFileSync(path, '{"kind":"logStart","version":99}\n');
  await expect(readAll(path)).rejects.toMatchObject({ code: 'CORRUPT_INPUT' });
  await expect(logs().open('local-9')).rejects.toMatchObject({ code: 'CORRUPT_INPUT' });
});

it('refuses a directory that cannot be made', () => {
  writeFileSync(join(directory, 'file'), '');
  expect(() => new EventLogWriter(join(directory, 'file'), 'local-1')).toThrow(
    expect.objectContaining({ code: 'OUTPUT_FAILED' }),
  );
});
