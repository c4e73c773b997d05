import type { FilePart, FileSplit } from '@firesteel/plan';
import { listSplits } from '../list-splits.js';

export const TEXT = { kind: 'text', encoding: 'utf-8' } as const;

/** The splits of text files, with all hints the same. */
function textSplits(input: string, minPartitions: number): FileSplit[] {
  return listSplits(input, TEXT, {
    minPartitions,
    defaultMinPartitions: minPartitions,
    defaultParallelism: 2,
  });
}

/** The part of each split. */
export function textParts(input: string, minPartitions: number): FilePart[] {
  return textSplits(input, minPartitions).flatMap(({ parts }) => parts);
}
