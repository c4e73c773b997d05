// Argument: rows.
import { FiresteelContext } from 'firesteel';

const sc = await FiresteelContext.create();
const numbers = Array.from({ length: Number(process.argv[2]) }, (_, i) => i + 1);
const count = await sc.parallelize(numbers).count();
await sc.stop();
console.log(JSON.stringify({ count }));
