import { expect, it } from 'vitest';
import {
  type LiveContext,
  liveContexts,
  registerLiveContext,
  watchLiveContexts,
} from './live-contexts.js';

it('knows the contexts that run and tells watchers of new ones', () => {
  const context: LiveContext = {
    events: { on: () => undefined },
    uiWebUrl: Promise.resolve(undefined),
    cancelAllJobs: () => {},
    stop: async () => {},
  };
  const seen: LiveContext[] = [];
  const unwatch = watchLiveContexts((started) => seen.push(started));
  const unregister = registerLiveContext(context);
  expect(liveContexts()).toEqual([context]);
  expect(seen).toEqual([context]);
  unregister();
  expect(liveContexts()).toEqual([]);
  unwatch();
  registerLiveContext(context)();
  expect(seen).toHaveLength(1);
});
