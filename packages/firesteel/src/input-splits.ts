import { encodeRows } from '@firesteel/codec';
import { listSplits } from '@firesteel/io';
import type { FileSplit, FilesNode, ParallelizeNode, Split } from '@firesteel/plan';
import { sliceBounds } from '@firesteel/planner';

/** Most slices are empty when there are more of them than rows: one block serves all. */
const NO_ROWS = rowsSplit([]);

function rowsSplit(rows: readonly unknown[]): Split {
  return { kind: 'rows', block: new Uint8Array(encodeRows(rows)), rowCount: rows.length };
}

/**
 * What the leaves of a lineage read: files listed and arrays encoded once for each node, when the
 * first job needs them. Entries go with their nodes.
 */
export class InputSplits {
  private readonly files = new WeakMap<FilesNode, readonly FileSplit[]>();
  private readonly rows = new WeakMap<ParallelizeNode, Map<number, Split>>();

  constructor(
    private readonly defaultMinPartitions: number,
    private readonly defaultParallelism: number,
  ) {}

  fileSplits(node: FilesNode): readonly FileSplit[] {
    let splits = this.files.get(node);
    if (splits === undefined) {
      const { defaultMinPartitions, defaultParallelism } = this;
      const { path, format, minPartitions } = node;
      splits = listSplits(path, format, {
        minPartitions,
        defaultMinPartitions,
        defaultParallelism,
      });
      this.files.set(node, splits);
    }
    return splits;
  }

  rowsSplit(node: ParallelizeNode, partition: number, numPartitions: number): Split {
    let slices = this.rows.get(node);
    if (slices === undefined) {
      slices = new Map();
      this.rows.set(node, slices);
    }
    let split = slices.get(partition);
    if (split === undefined) {
      const [from, to] = sliceBounds(node.data.length, partition, numPartitions);
      split = from === to ? NO_ROWS : rowsSplit(node.data.slice(from, to));
      slices.set(partition, split);
    }
    return split;
  }
}
