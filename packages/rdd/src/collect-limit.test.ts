import { expect, it } from 'vitest';
import { collectRows } from './actions.js';

it('refuses more rows than an array can hold, with what to do instead', async () => {
  const parts = [new Array(60_000_000), new Array(60_000_000)];
  await expect(collectRows(async () => parts)).rejects.toMatchObject({
    code: 'RESULT_TOO_LARGE',
    message: expect.stringContaining('toLocalIterator()'),
    data: { rows: 120_000_000 },
  });
});
