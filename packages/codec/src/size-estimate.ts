/** Rows that are looked at; the others are taken to be like them. */
const SAMPLE_ROWS = 64;
/** Values that are looked at in one row, and in the sample of a long array. */
const MAX_VALUES = 2000;
const SAMPLE_ITEMS = 100;

const POINTER_BYTES = 8;
const ARRAY_BYTES = 32;
const OBJECT_BYTES = 24;
const NUMBER_BYTES = 8;
const STRING_BYTES = 16;

/**
 * About how many bytes of heap these rows take, from a sample of them: what V8 needs for objects,
 * arrays and strings on a 64-bit machine. What rows of the sample share is counted once, not once a
 * row.
 */
export function estimateRowsBytes(rows: readonly unknown[]): number {
  const count = rows.length;
  const sampled = Math.min(count, SAMPLE_ROWS);
  if (sampled === 0) return ARRAY_BYTES;
  const seen = new Map<object, number>();
  let own = 0;
  let shared = 0;
  for (let i = 0; i < sampled; i++) {
    const at = sampled === count ? i : Math.floor((i * count) / sampled);
    const sizer = new Sizer(i, seen);
    sizer.visit(rows[at]);
    own += sizer.bytes;
    shared += sizer.sharedBytes;
  }
  // What turned out to be shared was counted with the row that had it first.
  const perRow = Math.max(0, own - shared) / sampled;
  return Math.ceil(ARRAY_BYTES + count * (POINTER_BYTES + perRow) + shared);
}

class Sizer {
  bytes = 0;
  /** Of objects that an earlier row of the sample has counted, when first met again. */
  sharedBytes = 0;
  private values = 0;

  constructor(
    private readonly row: number,
    private readonly seen: Map<object, number>,
  ) {}

  visit(root: unknown): void {
    const open = [root];
    while (open.length > 0 && this.values++ < MAX_VALUES) this.add(open.pop(), open);
  }

  private add(value: unknown, open: unknown[]): void {
    switch (typeof value) {
      case 'number':
        if (!Number.isInteger(value) || Math.abs(value) > 2 ** 31) this.bytes += NUMBER_BYTES;
        return;
      case 'string':
        this.bytes += STRING_BYTES + value.length;
        return;
      case 'bigint':
        this.bytes += 2 * POINTER_BYTES + NUMBER_BYTES;
        return;
      case 'function':
      case 'object':
        if (value !== null) this.addObject(value, open);
    }
  }

  private addObject(value: object, open: unknown[]): void {
    const before = this.seen.get(value);
    if (before !== undefined) {
      if (before === this.row || before < 0) return;
      this.sharedBytes += ownBytes(value);
      this.seen.set(value, -1);
      return;
    }
    this.seen.set(value, this.row);
    this.bytes += ownBytes(value);
    if (ArrayBuffer.isView(value) || typeof value === 'function') return;
    if (Array.isArray(value)) this.addItems(value, open);
    else if (value instanceof Map) for (const entry of value) open.push(...entry);
    else if (value instanceof Set) open.push(...value);
    else for (const key of Object.keys(value)) open.push((value as Record<string, unknown>)[key]);
  }

  private addItems(items: readonly unknown[], open: unknown[]): void {
    if (items.length <= SAMPLE_ITEMS) {
      for (const item of items) if (typeof item !== 'number') open.push(item);
      return;
    }
    const before = this.bytes;
    const step = items.length / SAMPLE_ITEMS;
    const sample: unknown[] = [];
    for (let i = 0; i < SAMPLE_ITEMS; i++) sample.push(items[Math.floor(i * step)]);
    for (const item of sample) if (typeof item !== 'number') this.visit(item);
    this.bytes = before + Math.floor((this.bytes - before) * step);
  }
}

/** An object without what it refers to. */
function ownBytes(value: object): number {
  if (ArrayBuffer.isView(value)) return 100 + value.byteLength;
  if (value instanceof ArrayBuffer) return 100 + value.byteLength;
  if (Array.isArray(value)) return ARRAY_BYTES + POINTER_BYTES * value.length;
  if (value instanceof Map) return 100 + 3 * POINTER_BYTES * value.size;
  if (value instanceof Set) return 100 + 2 * POINTER_BYTES * value.size;
  if (typeof value === 'function') return 64;
  return OBJECT_BYTES + POINTER_BYTES * Object.keys(value).length;
}
