import type { BlockWriter } from '@firesteel/codec';
import { bucketBitsOf } from './buckets.js';
import { latin1String } from './buffer-text.js';
import { CHUNK_ROWS } from './chunk.js';
import type { CombineTables } from './combine-tables.js';
import type { Framed } from './files/frames.js';
import type { TaskSpace } from './files/task-space.js';
import { IntegerSet } from './integer-set.js';
import { MapOutputWriter } from './map-output-writer.js';
import { NumberBuckets } from './number-buckets.js';
import { OutputWriter } from './output-writer.js';
import { MAX_PACKED_LENGTH } from './packed-key.js';
import { StringBuckets } from './string-buckets.js';

/** What an integer takes on its way from a set into a block. */
const INTEGER_BYTES = 20;

/**
 * The map output for readers that bring equal keys together: rows of one key keep their order,
 * others need not. So pairs of numbers, and of short strings and numbers, go to typed buckets by
 * the hash of their key.
 *
 * A key whose value is no number ends that for all keys of its kind: what comes after it is written
 * behind what came before.
 */
export class KeyedOutputWriter extends OutputWriter {
  private numbers: NumberBuckets;
  private strings: StringBuckets;
  /** Of rows that are keys, those that it takes: it finds duplicates for less than a bucket costs. */
  private integers = new IntegerSet();
  private readonly others: MapOutputWriter;
  /** Long and wide keys get blocks of their own, which readers know to be apart from buckets. */
  private readonly long: MapOutputWriter;
  private takesNumbers = true;
  private takesStrings = true;

  /**
   * @param keyed `row`: rows are keys without values
   * @param partitionOf for keys that are neither numbers nor strings
   * @param always makes buckets of few rows too
   */
  constructor(
    numPartitions: number,
    space: TaskSpace,
    private readonly keyed: 'pair' | 'row',
    private readonly partitionOf: (key: unknown) => number,
    private readonly bucketBits = bucketBitsOf(numPartitions),
    private readonly always = false,
  ) {
    super(numPartitions, space);
    this.numbers = new NumberBuckets(numPartitions, keyed, bucketBits);
    this.strings = new StringBuckets(numPartitions, keyed, bucketBits);
    this.others = new MapOutputWriter(numPartitions, space);
    this.long = new MapOutputWriter(numPartitions, space);
  }

  get memoryBytes(): number {
    const { numbers, strings, others, long, integers } = this;
    let bytes = numbers.memoryBytes + strings.memoryBytes + others.memoryBytes + long.memoryBytes;
    if (integers.size > 0) bytes += integers.memoryBytes + integers.size * INTEGER_BYTES;
    return bytes;
  }

  appendNumbers(key: number, value: number): void {
    if (this.takesNumbers) this.numbers.append(key, value);
    else this.appendOther(key, value);
  }

  appendStringNumber(key: string, value: number): void {
    if (!this.takesStrings) this.appendOther(key, value);
    else if (!this.strings.append(key, value)) this.long.appendStringNumber(key, value);
  }

  /** Any other pair. */
  appendPair(key: unknown, value: unknown): void {
    if (typeof key === 'number') this.takesNumbers = false;
    else if (typeof key === 'string' && key.length <= MAX_PACKED_LENGTH) this.takesStrings = false;
    this.appendOther(key, value);
  }

  /** A row that is a key. */
  appendKey(key: unknown): void {
    if (typeof key === 'number') {
      if (!this.integers.add(key)) this.numbers.append(key, 0);
    } else if (typeof key !== 'string' || !this.strings.append(key, 0))
      this.others.appendRow(this.partitionOf(key), key);
  }

  private appendOther(key: unknown, value: unknown): void {
    this.others.appendPair(this.partitionOf(key), key, value);
  }

  /** Writes what a map side combine left in its tables. */
  appendTables(tables: CombineTables): void {
    const { strings, others } = tables;
    let unchecked = 0;
    const check = () => {
      if (++unchecked % CHUNK_ROWS === 0) this.checkMemory();
    };
    const isPair = this.keyed === 'pair';
    tables.forEachString((start, length, longKey, slot) => {
      check();
      const value = isPair ? tables.stringValue(slot) : 0;
      if (length >= 0 && this.takesStrings && typeof value === 'number') {
        this.strings.appendPacked(strings.ints, start >> 2, length, value);
        return;
      }
      const key = length < 0 ? longKey : latin1String(strings.bytes, start, length);
      if (!isPair) this.others.appendRow(this.partitionOf(key), key);
      else if (length < 0 && typeof value === 'number') this.long.appendStringNumber(key, value);
      else this.appendPair(key, value);
    });
    tables.forEachNumber((key, slot) => {
      check();
      const value = isPair ? tables.numberValue(slot) : 0;
      if (typeof value === 'number') this.appendNumbers(key, value);
      else this.appendPair(key, value);
    });
    this.integers.addAll(tables.integers);
    for (let i = 0; i < others.size; i++) {
      check();
      if (isPair) this.appendPair(others.keys[i], others.values[i]);
      else this.appendKey(others.keys[i]);
    }
  }

  *takeBlocks(): Generator<Framed<BlockWriter>[]> {
    const { numPartitions, keyed, bucketBits } = this;
    const typed = [this.numbers, this.strings, integerStreams(this.integers, numPartitions)];
    this.numbers = new NumberBuckets(numPartitions, keyed, bucketBits);
    this.strings = new StringBuckets(numPartitions, keyed, bucketBits);
    this.integers = new IntegerSet();
    const long = this.long.takeBlocks();
    const others = this.others.takeBlocks();
    const bucketCounts = typed.map((buckets) => buckets.finish(this.always));
    for (let p = 0; p < numPartitions; p++) {
      const frames: Framed<BlockWriter>[] = [];
      for (const [i, buckets] of typed.entries()) {
        const count = bucketCounts[i] as number;
        for (let b = 0; b < count; b++)
          for (const block of buckets.blocksOf(p, b))
            frames.push({ block, bucket: count === 1 ? undefined : b });
      }
      yield frames.concat(long[p] as Framed<BlockWriter>[], others[p] as Framed<BlockWriter>[]);
    }
  }
}

/** The keys of a set by partition, without buckets: readers have a set for them too. */
function integerStreams(integers: IntegerSet, numPartitions: number): NumberBuckets {
  const streams = new NumberBuckets(numPartitions, 'row', 0);
  for (const keys of integers.chunks())
    for (let i = 0; i < keys.length; i++) streams.append(keys[i] as number, 0);
  return streams;
}
