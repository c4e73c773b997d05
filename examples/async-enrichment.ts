// Adds to each row what an HTTP service knows about it, with a bounded number of requests under
// way. The service of this example is started by the job itself; a real one has its own address.
//
//   npx firesteel submit examples/async-enrichment.ts
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FiresteelContext } from 'firesteel';

const capitals: Record<string, string> = { CH: 'Bern', FR: 'Paris', JP: 'Tokyo', KE: 'Nairobi' };

let open = 0;
let mostOpen = 0;
const server = createServer((request, response) => {
  open += 1;
  mostOpen = Math.max(mostOpen, open);
  const country = new URL(request.url ?? '', 'http://localhost').searchParams.get('country') ?? '';
  setTimeout(() => {
    open -= 1;
    response.writeHead(capitals[country] === undefined ? 404 : 200);
    response.end(capitals[country] ?? 'unknown country');
  }, 5);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
const service = `http://127.0.0.1:${port}`;

/** What is wrong with one row becomes part of the result, instead of ending the job. */
async function capitalOf(country: string): Promise<string> {
  const response = await fetch(`${service}/capital?country=${country}`);
  return response.ok ? response.text() : `(${response.status})`;
}

const orders = Array.from({ length: 200 }, (_, i) => ({
  id: i,
  country: ['CH', 'FR', 'JP', 'KE', 'XX'][i % 5] as string,
}));

const sc = await FiresteelContext.create();
const byCapital = await sc
  .parallelize(orders, 4)
  .mapAsync(async (order) => ({ ...order, capital: await capitalOf(order.country) }), {
    concurrency: 8,
  })
  .map(({ capital }) => capital)
  .countByValue();
await sc.stop();
server.close();
server.closeAllConnections();

for (const [capital, count] of [...byCapital].sort()) console.log(`${count}  ${capital}`);
console.log(`never more than ${4 * 8} requests at a time: ${mostOpen <= 4 * 8}`);
