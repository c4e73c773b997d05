// Arguments: rows, distinct keys. One Map of cells, one thread.
const [rows, distinctKeys] = process.argv.slice(2);
const n = Number(rows);
const keys = Number(distinctKeys);

/** @type {Map<string, { n: number }>} */
const counts = new Map();
for (let x = 0; x < n; x++) {
  const key = `user${(Math.imul(x, 0x9e3779b1) >>> 0) % keys}`;
  const cell = counts.get(key);
  if (cell === undefined) counts.set(key, { n: 1 });
  else cell.n++;
}
let letters = 0;
let squares = 0;
for (const [key, cell] of counts) {
  letters += key.length;
  squares += cell.n * cell.n;
}
console.log(JSON.stringify({ distinct: counts.size, letters, squares }));
