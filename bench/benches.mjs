import { clusterBenches } from './cluster/bench.mjs';
import { logisticRegression } from './logistic-regression/bench.mjs';
import { cachedColumns } from './micro/cached-columns/bench.mjs';
import { distinctKeys } from './micro/distinct-keys/bench.mjs';
import { emptyTasks } from './micro/empty-tasks/bench.mjs';
import { integerKeys } from './micro/integer-keys/bench.mjs';
import { mesosJob } from './micro/mesos-job/bench.mjs';
import { mesosTasks } from './micro/mesos-tasks/bench.mjs';
import { monitoring } from './micro/monitoring/bench.mjs';
import { numericChain } from './micro/numeric-chain/bench.mjs';
import { offers } from './micro/offers/bench.mjs';
import { operatorChain } from './micro/operator-chain/bench.mjs';
import { scheduler } from './micro/scheduler/bench.mjs';
import { shuffle } from './micro/shuffle/bench.mjs';
import { submit } from './micro/submit/bench.mjs';
import { operatorBenches } from './operators/bench.mjs';
import { sort } from './sort/bench.mjs';
import { spill } from './spill/bench.mjs';
import { wordcount } from './wordcount/bench.mjs';

/** @import { BenchDefinition } from './lib/types.d.ts' */

/** @type {readonly BenchDefinition[]} */
const micro = [
  numericChain,
  operatorChain,
  integerKeys,
  distinctKeys,
  shuffle,
  cachedColumns,
  emptyTasks,
  submit,
  scheduler,
  monitoring,
  offers,
  mesosTasks,
  mesosJob,
];

/** @type {readonly BenchDefinition[]} */
export const benches = [
  wordcount,
  logisticRegression,
  sort,
  spill,
  ...operatorBenches,
  ...clusterBenches,
  ...micro,
];

/** @type {ReadonlyMap<string, readonly BenchDefinition[]>} */
export const groups = new Map([
  ['operators', operatorBenches],
  ['micro', micro],
  ['cluster', [...clusterBenches, scheduler]],
  ['mesos', [offers, mesosJob, mesosTasks]],
  ['all', benches],
]);
