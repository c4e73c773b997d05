// Argument: agents.
import {
  decideOffers,
  defaultOverhead,
  defaultRefuseSeconds,
  parseConstraints,
} from '@firesteel/mesos';
import { steady } from '../../lib/steady.mjs';
import { locationOf, makeOffers } from './make-offers.mjs';

/** @import { HeldExecutor, Placement } from '@firesteel/mesos' */

const agents = Number(process.argv[2]);
const offers = makeOffers(agents);

/** @type {HeldExecutor[]} */
const held = Array.from({ length: agents / 5 }, (_, i) => ({
  agentId: `agent${i}`,
  ...locationOf(i),
  cores: 2,
  gpus: 0,
}));

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
const metrics = {
  spreadMs: await measure('spread', where),
  binpackMs: await measure('binpack', where),
  randomMs: await measure('random', where),
  rackMs: await measure({ spreadBy: 'rack' }, where),
  groupByMs: await measure('spread', `${where};rack:GROUP_BY;hostname:MAX_PER:2`),
  unwantedMs: await measure('spread', where, 0),
};
console.log(JSON.stringify({ offers: offers.length, metrics }));
