/**
 * Settings of glibc's allocator for executors, which it reads when a process starts; others ignore
 * them. Threads share two arenas, and buffers of 128 KiB and more are mapped one by one, so that
 * what is freed goes back to the system. What that saves, and what it may cost, docs/memory.md says.
 */
export const ALLOCATOR_ENVIRONMENT: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
};
