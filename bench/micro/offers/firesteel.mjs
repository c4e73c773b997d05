// Arguments: agents, placement. A driver has one, so each is measured in a process of its own.
import {
  decideOffers,
  defaultOverhead,
  defaultRefuseSeconds,
  parseConstraints,
} from '@firesteel/mesos';
import { steady } from '../../lib/steady.mjs';
import { locationOf, makeOffers } from './make-offers.mjs';

/** @import { HeldExecutor, Placement } from '@firesteel/mesos' */

const [size, name = ''] = process.argv.slice(2);
const agents = Number(size);
const offers = makeOffers(agents);

/** @type {HeldExecutor[]} None where constraints would not have let it. */
const held = Array.from({ length: agents / 5 }, (_, i) => ({
  agentId: `agent${i}`,
  ...locationOf(i),
  cores: 2,
  gpus: 0,
})).filter(({ attributes }) => attributes[0]?.text?.value !== 'rack3');

/** @type {(placement: Placement, constraints: string, wanted?: number) => Promise<number>} */
async function measure(placement, constraints, wanted = held.length) {
  let answered = 0;
  const { cpuMs } = await steady(() => {
    const { accepts, declines } = decideOffers({
      offers,
      demand: { executors: held.length + wanted, maxCores: Number.MAX_VALUE, maxGpus: 0 },
      held,
      policy: {
        size: {
          cores: { min: 2, max: 2 },
          memoryMiB: { min: 1_024, max: 1_024 },
          overhead: defaultOverhead,
          extraCores: 0,
          diskMiB: 0,
          ports: [],
        },
        maxExecutorsPerAgent: 4,
        constraints: parseConstraints(constraints),
        placement,
        useRevocable: false,
        maintenanceLeadMs: 600_000,
        refuseSeconds: defaultRefuseSeconds,
      },
      excludedUntilMs: new Map([['agent7', 1]]),
      interest: { suppressed: false, wanted },
      nowMs: 0,
      random: Math.random,
    });
    answered = accepts.length + declines.length;
  });
  if (answered !== offers.length) throw new Error(`${answered} of ${offers.length} are answered`);
  return cpuMs;
}

const where = 'generation:2;rack:~rack[0-9]+;rack:!rack3';
/** @type {Readonly<Record<string, () => Promise<number>>>} */
const placements = {
  spread: () => measure('spread', where),
  binpack: () => measure('binpack', where),
  random: () => measure('random', where),
  attribute: () => measure({ spreadBy: 'rack' }, where),
  groupBy: () => measure('spread', `${where};rack:GROUP_BY;hostname:MAX_PER:2`),
  unwanted: () => measure('spread', where, 0),
};
const decisionMs = await placements[name]?.();
console.log(JSON.stringify({ offers: offers.length, metrics: { decisionMs } }));
