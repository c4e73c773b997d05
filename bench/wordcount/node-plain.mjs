// Argument: input path. The script that people write: one thread, readline, split, Map.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

const path = process.argv[2];

/** @type {Map<string, number>} */
const counts = new Map();
for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
  for (const word of line.split(' ')) {
    if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
  }
}
let total = 0;
for (const n of counts.values()) total += n;
const top = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 10);
console.log(JSON.stringify({ distinct: counts.size, total, top }));
