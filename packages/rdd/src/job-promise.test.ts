import { describe, expect, it } from 'vitest';
import { failure, makeContext } from './testing/make-context.js';

describe('JobPromise', () => {
  it('behaves like a promise', async () => {
    const { sc } = makeContext();
    const rdd = sc.parallelize([1, 2, 3]);
    expect(await rdd.count().then((n) => n + 1)).toBe(4);
    expect(await Promise.all([rdd.count(), rdd.sum()])).toEqual([3, 6]);
    let ended = false;
    await rdd.count().finally(() => {
      ended = true;
    });
    expect(ended).toBe(true);
    expect(
      await sc
        .emptyRDD()
        .first()
        .catch(() => 'nothing'),
    ).toBe('nothing');
  });

  it('submits its job before the call returns', () => {
    const { sc, engine } = makeContext();
    const job = sc.parallelize([1]).count();
    expect(engine.requests).toHaveLength(1);
    expect(job.jobId).toBe(0);
  });

  it('cancels its job with a reason', async () => {
    const { sc, engine } = makeContext();
    engine.isHolding = true;
    const job = sc.parallelize([1]).collect();
    job.cancel('enough');
    job.cancel('twice');
    await expect(job).rejects.toEqual(failure('JOB_CANCELLED', /\(enough\)/));
    expect(engine.cancelReasons).toEqual(['enough']);
  });

  it('begins no further job after a cancellation', async () => {
    const { sc, engine } = makeContext();
    const job = sc.parallelize([1], 5).take(3);
    job.cancel();
    await expect(job).rejects.toEqual(failure('JOB_CANCELLED'));
    expect(engine.requests).toHaveLength(0);
    expect(job.jobId).toBeUndefined();
  });

  it('does nothing when it is cancelled after its end', async () => {
    const { sc } = makeContext();
    const job = sc.parallelize([1]).count();
    expect(await job).toBe(1);
    job.cancel();
    expect(await job).toBe(1);
  });

  it('ends with a signal', async () => {
    const { sc, engine } = makeContext();
    engine.isHolding = true;
    const controller = new AbortController();
    const job = sc.parallelize([1]).count({ signal: controller.signal });
    const reason = new Error('the user left');
    controller.abort(reason);
    const error: unknown = await job.catch((error: unknown) => error);
    expect(error).toEqual(failure('JOB_CANCELLED', /the user left/));
    expect((error as Error).cause).toBe(reason);
    expect(engine.cancelReasons).toEqual(['the user left']);
  });

  it('runs nothing for a signal that is aborted already', async () => {
    const { sc, engine } = makeContext();
    const signal = AbortSignal.abort('late');
    const rdd = sc.parallelize([1]);
    await expect(rdd.count({ signal })).rejects.toEqual(failure('JOB_CANCELLED', /"late"/));
    await expect(rdd.take(1, { signal })).rejects.toEqual(failure('JOB_CANCELLED'));
    await expect(rdd.toLocalIterator({ signal }).next()).rejects.toEqual(failure('JOB_CANCELLED'));
    expect(engine.requests).toHaveLength(0);
  });

  it('forgets the signal at its end', async () => {
    const { sc, engine } = makeContext();
    const controller = new AbortController();
    await sc.parallelize([1]).count({ signal: controller.signal });
    controller.abort();
    expect(engine.cancelReasons).toEqual([]);
  });

  it('hands on what the engine rejects with', async () => {
    const { sc } = makeContext();
    await expect(sc.textFile('missing').count()).rejects.toEqual(failure('PATH_NOT_FOUND'));
  });
});
