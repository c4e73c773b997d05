// Reads CSV with the parser of one's choice, here csv-parse: a partition's lines are parsed
// together, where no field goes over several lines. For files in which one does, parse the whole
// text of each file, as wholeTextFiles gives it.
//
//   npx firesteel submit examples/csv.ts [files…]
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { FiresteelContext } from 'firesteel';

interface Order {
  city: string;
  product: string;
  quantity: number;
  price: number;
}

const columns = ['date', 'city', 'product', 'quantity', 'price', 'note'];
const header = columns.join(',');

function parseOrders(lines: Iterable<string>): Order[] {
  const text = [...lines].filter((line) => line !== header).join('\n');
  const records = parse(text, { columns }) as Record<string, string>[];
  return records.map(({ city = '', product = '', quantity, price }) => ({
    city,
    product,
    quantity: Number(quantity),
    price: Number(price),
  }));
}

const inputs = process.argv.slice(2);
if (inputs.length === 0) inputs.push(join(import.meta.dirname, 'data/orders.csv'));

const sc = await FiresteelContext.create();
const orders = sc.textFile(inputs.join(',')).mapPartitions(parseOrders);
const [revenue, products] = await Promise.all([
  orders
    .map(({ city, quantity, price }): [string, number] => [city, quantity * price])
    .reduceByKey((a, b) => a + b)
    .sortBy(([, amount]) => -amount)
    .collect(),
  orders
    .map(({ product, quantity }): [string, number] => [product, quantity])
    .reduceByKey((a, b) => a + b)
    .top(3, { by: ([, quantity]) => quantity }),
]);
await sc.stop();

console.log('revenue by city:');
for (const [city, amount] of revenue) console.log(`${amount.toFixed(2).padStart(10)}  ${city}`);
console.log('most sold:');
for (const [product, quantity] of products)
  console.log(`${String(quantity).padStart(10)}  ${product}`);
