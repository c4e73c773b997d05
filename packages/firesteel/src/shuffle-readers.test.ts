import { createNode, type PlanNode } from '@firesteel/plan';
import { expect, it } from 'vitest';
import { ShuffleReaders } from './shuffle-readers.js';
import { untilCollected } from './testing/garbage.js';

const callSite = { method: 'test', file: 'test.ts', line: 1 };

function shuffle(...parents: PlanNode[]): PlanNode {
  return createNode({
    kind: 'shuffle',
    parents,
    callSite,
    keyed: 'pair',
    partitioner: { kind: 'hash' },
    mapSideCombine: false,
  });
}

function watched(isKept: (node: PlanNode) => boolean = () => false) {
  const unread: number[] = [];
  const readers = new ShuffleReaders(isKept, (shuffleId) => unread.push(shuffleId));
  const add = (...parents: PlanNode[]): PlanNode => {
    const node = shuffle(...parents);
    readers.add(node);
    return node;
  };
  return { unread, readers, add };
}

it('the shuffles behind a node go with it, up to those of nodes that are kept', () => {
  const kept = new Set<PlanNode>();
  const { unread, readers, add } = watched((node) => kept.has(node));
  const first = add();
  const second = add(first);
  readers.giveUp(second);
  expect(unread.sort()).toEqual([first.id, second.id]);
  unread.length = 0;
  kept.add(first);
  readers.giveUp(second);
  expect(unread).toEqual([second.id]);
});

it('others that read them keep them until they are garbage, and for good what is in use again', async () => {
  const { unread, readers, add } = watched();
  const [idle, used] = [add(), add()];
  const giveUpWhileRead = () => {
    const others = [add(idle), add(used)];
    readers.giveUp(idle);
    readers.giveUp(used);
    return others.length;
  };
  giveUpWhileRead();
  expect(unread).toEqual([]);
  readers.use(used);
  expect(await untilCollected(() => unread.length > 0)).toBe(true);
  expect(unread).toEqual([idle.id]);
});
