import { FiresteelContext } from 'firesteel';
import { afterAll, beforeAll, describe } from 'vitest';

/** The masters that every behaviour must be the same on. */
export const masters = ['local[1]', 'local[2]', 'local[2,3]', 'local-cluster[2,1,512]'] as const;

/** Runs a suite once for each master, with one context for all of its tests. */
export function onEveryMaster(name: string, suite: (sc: () => FiresteelContext) => void): void {
  for (const master of masters)
    describe(`${name} on ${master}`, () => {
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
