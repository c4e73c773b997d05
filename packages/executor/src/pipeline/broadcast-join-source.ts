import { decodeRows, KeyedMap } from '@firesteel/codec';
import type { StepProgram } from '@firesteel/plan';
import type { Chunk } from '@firesteel/shuffle';
import { NONE } from '../compile/runtime.js';
import { notAPair } from '../sinks/fold-sinks.js';
import { type ChunkSource, mappedSource } from './chunk-source.js';
import { pairsOf } from './pair-chunks.js';

type BroadcastJoin = Extract<StepProgram, { kind: 'broadcastJoin' }>;
type Groups = KeyedMap<unknown, unknown[]>;

/** Built once a thread and program, not once a task. */
const groupsOf = new WeakMap<BroadcastJoin, Groups>();

/** Joins pairs as they stream by with the groups of the small side. */
export function broadcastJoinSource(source: ChunkSource, step: BroadcastJoin): ChunkSource {
  let groups = groupsOf.get(step);
  if (groups === undefined) {
    groups = grouped(decodeRows(step.rows));
    groupsOf.set(step, groups);
  }
  const known = groups;
  const unmatched = step.join === 'leftOuter' ? NONE : [];
  return mappedSource(source, (chunk) => joined(chunk, known, unmatched));
}

function joined(chunk: Chunk, groups: Groups, unmatched: readonly unknown[]): Chunk {
  const { keys, values, length } = pairsOf(chunk);
  const outKeys: unknown[] = [];
  const outValues: unknown[] = [];
  for (let i = 0; i < length; i++) {
    for (const value of groups.get(keys[i]) ?? unmatched) {
      outKeys.push(keys[i]);
      outValues.push([values[i], value]);
    }
  }
  return { kind: 'pairs', keys: outKeys, values: outValues, length: outKeys.length };
}

function grouped(rows: readonly unknown[]): Groups {
  const groups: Groups = new KeyedMap();
  for (const row of rows) {
    if (!Array.isArray(row) || row.length !== 2) throw notAPair(row);
    const group = groups.get(row[0]);
    if (group === undefined) groups.set(row[0], [row[1]]);
    else group.push(row[1]);
  }
  return groups;
}
