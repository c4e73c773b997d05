// Answers three questions about a web server's access log in the combined format: which paths
// fail most, how busy each hour was, and how long the slowest requests of each path took.
//
//   npx firesteel submit examples/log-analysis.ts [files…]
import { join } from 'node:path';
import { FiresteelContext } from 'firesteel';

class Request {
  static readonly #pattern =
    /^(?<client>\S+) \S+ \S+ \[(?<time>[^\]]+)\] "(?<method>\S+) (?<path>\S+)[^"]*" (?<status>\d+) (?<sizeBytes>\d+) (?<durationMs>\d+)$/;

  private constructor(
    readonly path: string,
    readonly hour: number,
    readonly status: number,
    readonly durationMs: number,
  ) {}

  get failed(): boolean {
    return this.status >= 500;
  }

  /** Nothing for a line in another format. */
  static parse(line: string): Request | undefined {
    const fields = Request.#pattern.exec(line)?.groups;
    if (fields === undefined) return undefined;
    const { path = '', time = '', status, durationMs } = fields;
    return new Request(path, Number(time.split(':')[1]), Number(status), Number(durationMs));
  }
}

const inputs = process.argv.slice(2);
if (inputs.length === 0) inputs.push(join(import.meta.dirname, 'data/access.log'));

const sc = await FiresteelContext.create();
const lines = sc.textFile(inputs.join(',')).cache();
// The class travels to the tasks, private static field and all.
const requests = lines.filterMap((line) => Request.parse(line));

const [numLines, numRequests, failures, hours, slowest] = await Promise.all([
  lines.count(),
  requests.count(),
  requests
    .filter((request) => request.failed)
    .map(({ path }) => path)
    .countByValue(),
  requests.map(({ hour }) => hour).countByValue(),
  requests
    .map(({ path, durationMs }): [string, number] => [path, durationMs])
    .reduceByKey((a, b) => Math.max(a, b))
    .top(5, { by: ([, durationMs]) => durationMs }),
]);
await sc.stop();

console.log(`${numRequests} requests, ${numLines - numRequests} lines in another format`);
console.log('\nfailures');
for (const [path, count] of [...failures].sort((a, b) => b[1] - a[1]).slice(0, 5))
  console.log(`${String(count).padStart(6)}  ${path}`);
console.log('\nrequests by hour');
for (const [hour, count] of [...hours].sort((a, b) => a[0] - b[0]))
  console.log(`${String(hour).padStart(4)} h  ${'▇'.repeat(Math.ceil(count / 2))} ${count}`);
console.log('\nslowest');
for (const [path, durationMs] of slowest)
  console.log(`${String(durationMs).padStart(6)} ms  ${path}`);
