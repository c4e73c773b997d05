// Arguments: operator, rows, distinct keys, threads. The job as one SQL query over integers.
import { DuckDBInstance } from '@duckdb/node-api';
import { measured } from './job-metrics.mjs';

const [operator, rows, keys, threads] = process.argv.slice(2);

const pairs = `SELECT ((i * 2654435761) & 4294967295) % ${keys} AS k, i % 1000 AS v FROM range(${rows}) t(i)`;
const others = `SELECT i AS k, i % 100 AS w FROM range(${keys}) t(i)`;

/** @type {Record<string, string>} */
const queries = {
  reduceByKey: `SELECT count(*) AS keys, sum(n) AS total, sum(n % 2) AS odd
    FROM (SELECT k, sum(v) AS n FROM (${pairs}) GROUP BY k)`,
  groupByKey: `SELECT count(*) AS keys, sum(len(vs)) AS values, sum(list_max(vs)) AS largest
    FROM (SELECT k, list(v) AS vs FROM (${pairs}) GROUP BY k)`,
  join: `SELECT count(*) AS rows, sum(v * w) AS products
    FROM (${pairs}) JOIN (${others}) USING (k)`,
};

const instance = await DuckDBInstance.create(':memory:', { threads });
const connection = await instance.connect();
const result = await measured(Number(rows), async () => {
  const reader = await connection.runAndReadAll(queries[operator]);
  const row = reader.getRowObjects()[0];
  return Object.fromEntries(Object.entries(row).map(([name, n]) => [name, Number(n)]));
});
connection.closeSync();
console.log(JSON.stringify(result));
