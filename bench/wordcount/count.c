/* Argument: input path. Counts space separated words in one thread: the far mark of the bench.
   Words live in one arena; the table is open addressing over FNV-1a hashes. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  uint32_t hash;
  uint32_t length;
  size_t offset;
  uint64_t count; /* 0: free */
} Slot;

static Slot *slots;
static size_t capacity = 1 << 16, used;
static char *arena;
static size_t arena_size, arena_capacity = 1 << 20;

static void *checked(void *memory) {
  if (memory == NULL) {
    fputs("out of memory\n", stderr);
    exit(1);
  }
  return memory;
}

static void grow(void) {
  Slot *old = slots;
  size_t old_capacity = capacity;
  capacity *= 2;
  slots = checked(calloc(capacity, sizeof(Slot)));
  for (size_t i = 0; i < old_capacity; i++) {
    if (old[i].count == 0) continue;
    size_t at = old[i].hash & (capacity - 1);
    while (slots[at].count != 0) at = (at + 1) & (capacity - 1);
    slots[at] = old[i];
  }
  free(old);
}

static void add(const char *word, uint32_t length, uint32_t hash) {
  size_t at = hash & (capacity - 1);
  while (slots[at].count != 0) {
    if (slots[at].hash == hash && slots[at].length == length &&
        memcmp(arena + slots[at].offset, word, length) == 0) {
      slots[at].count++;
      return;
    }
    at = (at + 1) & (capacity - 1);
  }
  if (arena_size + length > arena_capacity) {
    while (arena_size + length > arena_capacity) arena_capacity *= 2;
    arena = checked(realloc(arena, arena_capacity));
  }
  memcpy(arena + arena_size, word, length);
  slots[at] = (Slot){hash, length, arena_size, 1};
  arena_size += length;
  if (++used * 2 > capacity) grow();
}

static int by_count(const void *a, const void *b) {
  uint64_t x = ((const Slot *)a)->count, y = ((const Slot *)b)->count;
  return x < y ? 1 : x > y ? -1 : 0;
}

int main(int argc, char **argv) {
  FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
  if (file == NULL) {
    fputs("usage: count <file>\n", stderr);
    return 2;
  }
  const size_t chunk = 1 << 16, longest = 1 << 20;
  char *buffer = checked(malloc(chunk + longest));
  size_t kept = 0, got;
  slots = checked(calloc(capacity, sizeof(Slot)));
  arena = checked(malloc(arena_capacity));
  do {
    got = fread(buffer + kept, 1, chunk, file);
    size_t end = kept + got, start = 0;
    if (got == 0) buffer[end++] = '\n';
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < end; i++) {
      unsigned char c = (unsigned char)buffer[i];
      if (c != ' ' && c != '\n') {
        hash = (hash ^ c) * 16777619u;
        continue;
      }
      if (i > start) add(buffer + start, (uint32_t)(i - start), hash);
      start = i + 1;
      hash = 2166136261u;
    }
    kept = end - start;
    if (kept >= longest) {
      fputs("a word is longer than 1 MiB\n", stderr);
      return 1;
    }
    memmove(buffer, buffer + start, kept);
  } while (got > 0);
  fclose(file);

  size_t distinct = 0;
  uint64_t total = 0;
  for (size_t i = 0; i < capacity; i++) {
    total += slots[i].count;
    if (slots[i].count != 0) slots[distinct++] = slots[i];
  }
  qsort(slots, distinct, sizeof(Slot), by_count);
  printf("{\"distinct\":%zu,\"total\":%llu,\"top\":[", distinct, (unsigned long long)total);
  for (size_t i = 0; i < distinct && i < 10; i++)
    printf("%s[\"%.*s\",%llu]", i ? "," : "", (int)slots[i].length, arena + slots[i].offset,
           (unsigned long long)slots[i].count);
  puts("]}");
  return 0;
}
