import { invalidArgument } from '@firesteel/common';

/** Where and how the partitions of a persisted RDD are kept; the fields of Spark's StorageLevel. */
export interface StorageLevel {
  /** Spark's name, such as `MEMORY_AND_DISK`. */
  readonly name: StorageLevelName;
  readonly useDisk: boolean;
  readonly useMemory: boolean;
  readonly useOffHeap: boolean;
  /** Whether rows are kept as they are; otherwise as encoded bytes. */
  readonly deserialized: boolean;
  /** How many executors should hold each partition. In one process there is one copy. */
  readonly replication: number;
}

export type StorageLevelName =
  | 'NONE'
  | 'DISK_ONLY'
  | 'DISK_ONLY_2'
  | 'DISK_ONLY_3'
  | 'MEMORY_ONLY'
  | 'MEMORY_ONLY_2'
  | 'MEMORY_ONLY_SER'
  | 'MEMORY_ONLY_SER_2'
  | 'MEMORY_AND_DISK'
  | 'MEMORY_AND_DISK_2'
  | 'MEMORY_AND_DISK_SER'
  | 'MEMORY_AND_DISK_SER_2'
  | 'OFF_HEAP';

/** The levels in short, as `persist` takes them besides Spark's names. */
export type ShortStorageLevel =
  | 'none'
  | 'disk'
  | 'disk-2'
  | 'disk-3'
  | 'memory'
  | 'memory-2'
  | 'memory-ser'
  | 'memory-ser-2'
  | 'memory-disk'
  | 'memory-disk-2'
  | 'memory-disk-ser'
  | 'memory-disk-ser-2'
  | 'off-heap';

function level(
  name: StorageLevelName,
  uses: { disk?: true; memory?: true; offHeap?: true; deserialized?: true },
  replication = 1,
): StorageLevel {
  return Object.freeze({
    name,
    useDisk: uses.disk === true,
    useMemory: uses.memory === true,
    useOffHeap: uses.offHeap === true,
    deserialized: uses.deserialized === true,
    replication,
  });
}

const disk = { disk: true } as const;
const live = { memory: true, deserialized: true } as const;
const encoded = { memory: true } as const;

/** All storage levels by Spark's names: `StorageLevel.MEMORY_AND_DISK`. */
export const StorageLevel: { readonly [N in StorageLevelName]: StorageLevel } = Object.freeze({
  NONE: level('NONE', {}),
  DISK_ONLY: level('DISK_ONLY', disk),
  DISK_ONLY_2: level('DISK_ONLY_2', disk, 2),
  DISK_ONLY_3: level('DISK_ONLY_3', disk, 3),
  MEMORY_ONLY: level('MEMORY_ONLY', live),
  MEMORY_ONLY_2: level('MEMORY_ONLY_2', live, 2),
  MEMORY_ONLY_SER: level('MEMORY_ONLY_SER', encoded),
  MEMORY_ONLY_SER_2: level('MEMORY_ONLY_SER_2', encoded, 2),
  MEMORY_AND_DISK: level('MEMORY_AND_DISK', { ...live, ...disk }),
  MEMORY_AND_DISK_2: level('MEMORY_AND_DISK_2', { ...live, ...disk }, 2),
  MEMORY_AND_DISK_SER: level('MEMORY_AND_DISK_SER', { ...encoded, ...disk }),
  MEMORY_AND_DISK_SER_2: level('MEMORY_AND_DISK_SER_2', { ...encoded, ...disk }, 2),
  OFF_HEAP: level('OFF_HEAP', { ...encoded, ...disk, offHeap: true }),
});

/** `memory-disk-ser-2` for MEMORY_AND_DISK_SER_2. */
function shortName(name: string): string {
  return name.toLowerCase().replace('_and_', '_').replace('_only', '').replaceAll('_', '-');
}

const byName = new Map<string, StorageLevel>(
  Object.values(StorageLevel).flatMap((known) => [
    [known.name, known],
    [shortName(known.name), known],
  ]),
);

/**
 * The level of a name, in Spark's or the short form.
 *
 * @throws FiresteelError INVALID_ARGUMENT for anything else
 */
export function storageLevelOf(given: unknown): StorageLevel {
  const name = typeof given === 'object' && given !== null && 'name' in given ? given.name : given;
  const known = byName.get(name as string);
  if (known === undefined)
    throw invalidArgument('A storage level', `one of ${[...byName.keys()].join(', ')}`, given);
  return known;
}

/** Such as `Disk Memory Deserialized 1x Replicated`, the words of Spark; empty for NONE. */
export function describeStorageLevel(level: StorageLevel): string {
  if (!level.useDisk && !level.useMemory) return '';
  return [
    level.useDisk ? 'Disk' : '',
    level.useMemory ? `Memory${level.useOffHeap ? ' (off heap)' : ''}` : '',
    level.deserialized ? 'Deserialized' : 'Serialized',
    `${level.replication}x Replicated`,
  ]
    .filter((word) => word !== '')
    .join(' ');
}
