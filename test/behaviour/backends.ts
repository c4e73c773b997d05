import { FiresteelContext } from 'firesteel';
import { afterAll, beforeAll, describe } from 'vitest';
import { type MesosMode, mesosMaster } from './mesos-master.js';

/** Set by the projects of vitest.config.ts that run suites on a Mesos cluster. */
const { FIRESTEEL_TEST_BACKEND: mesosMode } = process.env;

/** The masters that every behaviour must be the same on. */
export const masters =
  mesosMode === undefined
    ? ['local[1]', 'local[2]', 'local[2,3]', 'local-cluster[2,1,512]']
    : [await mesosMaster(mesosMode as MesosMode)];

/** Runs a suite once for each master, with one context for all of its tests. */
export function onEveryMaster(name: string, suite: (sc: () => FiresteelContext) => void): void {
  for (const master of masters)
    describe(`${name} on ${mesosMode ?? master}`, () => {
      let context: FiresteelContext | undefined;
      beforeAll(async () => {
        context = await FiresteelContext.create({ master, appName: name });
      });
      afterAll(async () => {
        await context?.stop();
      });
      suite(() => {
        if (context === undefined) throw new Error('the context did not start');
        return context;
      });
    });
}
