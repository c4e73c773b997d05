import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FilePart, Pipeline, StepProgram } from '@firesteel/plan';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { drain } from '../pipeline/open-pipeline.js';
import type { RunningTask } from '../pipeline/running-task.js';
import { sinkOf } from '../sinks/action-sink.js';
import { TestInputs } from '../testing/run-program.js';
import { sampleKeys } from './sample-keys.js';

const directory = mkdtempSync(join(tmpdir(), 'firesteel-sample-'));
const path = join(directory, 'sorted.txt');
const LINES = 100_000;
const LINE_BYTES = 100;

beforeAll(() => {
  const lines = Array.from({ length: LINES }, (_, i) => `${i}`.padStart(LINE_BYTES - 1, '0'));
  writeFileSync(path, `${lines.join('\n')}\n`);
});
afterAll(() => rmSync(directory, { recursive: true }));

async function sampled(
  steps: StepProgram[],
  closures: unknown[] = [],
  endByte = LINES * LINE_BYTES,
) {
  const action = { kind: 'sampleKeys', limit: 100, seed: 1, keyed: 'row' } as const;
  const part: FilePart = { path, startByte: 0, endByte, compression: 'none' };
  const format = { kind: 'text', encoding: 'utf-8' } as const;
  const pipeline: Pipeline = {
    source: { kind: 'files', sourceId: 0, numPartitions: 1, format },
    steps,
  };
  const task: RunningTask = {
    ...new TestInputs().task(closures, 0),
    split: () => ({ kind: 'files', parts: [part] }),
  };
  const sink = sinkOf({ kind: 'action', action });
  const { value } = await sampleKeys(action, pipeline, task, (running) => {
    const state = sink.createState(running);
    drain(pipeline, 0, sink, state, running);
    return sink.finish(state, running);
  });
  const { count, sample } = value as { count: number; sample: string[] };
  return { count, sample: sample.map(Number), bytesRead: task.counters.bytesRead };
}

it('reads pieces from all over a large text file', async () => {
  const { count, sample, bytesRead } = await sampled([]);
  expect(bytesRead).toBeLessThan(0.3 * LINES * LINE_BYTES);
  expect(count / LINES).toBeCloseTo(1, 1);
  expect(sample.length).toBe(100);
  const tenths = new Set(sample.map((line) => Math.floor((10 * line) / LINES)));
  expect(tenths.size).toBe(10);
});

it('reads all of it where the pieces give too few keys', async () => {
  const filter: StepProgram = { kind: 'filter', fn: 0 };
  const { count, sample } = await sampled([filter], [(line: string) => Number(line) % 1000 === 1]);
  expect(count).toBe(LINES / 1000);
  expect(sample.length).toBe(LINES / 1000);
});

it('reads all of it behind a step that sees a partition as a whole', async () => {
  expect(
    (await sampled([{ kind: 'glom' }, { kind: 'flatMap', fn: 0 }], [(rows: unknown) => rows]))
      .count,
  ).toBe(LINES);
});

it('reads all of a small one', async () => {
  expect((await sampled([], [], 1000 * LINE_BYTES)).count).toBe(1000);
});
