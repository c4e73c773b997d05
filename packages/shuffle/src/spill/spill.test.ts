import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BlockBuilder } from '@firesteel/codec';
import { expect, it } from 'vitest';
import { framesInMemory, type InputFrame } from '../files/input-frame.js';
import { localBlock } from '../map-output-blocks.js';
import { writeFrames } from '../memory-output.js';
import { type TestSpace, testSpace } from '../testing/test-space.js';
import { GroupedParts } from './grouped-parts.js';
import { HeldFrames } from './held-frames.js';

const BLOCK_ROWS = 1000;

/** Blocks of 50 kB or so, as they come from another executor. */
function fetchedFrames(count: number): InputFrame[] {
  const blocks = Array.from({ length: count }, (_, b) => {
    const block = new BlockBuilder();
    for (let i = 0; i < BLOCK_ROWS; i++)
      block.appendPair(b * BLOCK_ROWS + i, `value ${b} ${i}`.padEnd(40));
    return { block, bucket: undefined };
  });
  const output = writeFrames(0, 0, [blocks]);
  return [...framesInMemory(localBlock(output, 0) as Uint8Array, true)];
}

function filesOf({ directory }: TestSpace): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());
}

it('parts on disk go when they were read, and their memory is free for the next ones', () => {
  using own = testSpace(1e6);
  const parts = new GroupedParts(own.space, {
    form: 'group',
    sideCount: 1,
    isJoin: false,
    checkKilled: () => {},
  });
  let groups = 0;
  for (const chunk of parts.chunks([fetchedFrames(50)])) {
    if (groups === 0) expect(filesOf(own)).not.toEqual([]);
    groups += chunk.kind === 'groups' ? chunk.length : 0;
  }
  expect(groups).toBe(50 * BLOCK_ROWS);
  expect(filesOf(own)).toEqual([]);
});

it('parked blocks have checksums, though they had none in memory', () => {
  using own = testSpace(1e5);
  const held = new HeldFrames(own.space);
  for (const frame of fetchedFrames(10)) held.add(frame);
  const rows = () => held.frames.map((frame) => frame.open().rowCount);
  expect(rows()).toEqual(new Array(10).fill(BLOCK_ROWS));
  const [path] = filesOf(own) as [string];
  const bytes = readFileSync(path);
  bytes[1000] = (bytes[1000] as number) ^ 1;
  writeFileSync(path, bytes);
  expect(rows).toThrow(expect.objectContaining({ code: 'SHUFFLE_BLOCK_CORRUPT' }));
});
