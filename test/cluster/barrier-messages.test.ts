import { BarrierTaskContext, FiresteelContext } from 'firesteel';
import { expect, it } from 'vitest';

it('messages of barrier tasks that no message between processes can hold end their job only', async () => {
  const conf = { 'rpc.message.maxSize': '1m', 'stage.maxConsecutiveAttempts': '1' };
  await using sc = await FiresteelContext.create({ master: 'local-cluster[2,2,256]', conf });
  const pids = () =>
    sc
      .range(0, 8, 1, 8)
      .map(() => process.pid)
      .distinct()
      .collect();
  const exchange = (tasks: number, length: number) =>
    sc
      .range(0, tasks, 1, tasks)
      .barrier()
      .mapPartitions(async () => {
        const messages = await BarrierTaskContext.get().allGather('x'.repeat(length));
        return messages.map((message) => message.length);
      })
      .collect();
  const before = new Set(await pids());
  expect(await exchange(2, 200_000)).toEqual([200_000, 200_000, 200_000, 200_000]);
  // One alone is too large; then all of them together, which go to every task.
  await expect(exchange(2, 300_000)).rejects.toMatchObject({ code: 'MESSAGE_TOO_LARGE' });
  await expect(exchange(4, (1 << 20) / 4)).rejects.toMatchObject({ code: 'MESSAGE_TOO_LARGE' });
  expect(new Set(await pids())).toEqual(before);
});
