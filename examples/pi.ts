// Estimates π: the share of random points of the unit square that lie in the circle is π / 4.
//
//   npx firesteel submit examples/pi.ts [points]
import { FiresteelContext } from 'firesteel';

const points = Number(process.argv[2] ?? 2_000_000);

const sc = await FiresteelContext.create();
const inside = await sc
  .range(points)
  .filter(() => {
    const x = Math.random();
    const y = Math.random();
    return x * x + y * y < 1;
  })
  .count();
await sc.stop();

console.log(`π is roughly ${((4 * inside) / points).toFixed(4)}`);
