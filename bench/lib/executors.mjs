/**
 * Resolves when tasks run on so many executor processes: a context takes jobs as soon as the first
 * one is there.
 *
 * @param {import('firesteel').FiresteelContext} sc
 * @param {number} count
 * @returns {Promise<number[]>} their process ids
 */
export async function awaitExecutors(sc, count) {
  for (;;) {
    const tasks = 4 * count;
    const pids = await sc
      .range(0, tasks, 1, tasks)
      .map(() => process.pid)
      .distinct()
      .collect();
    if (pids.length === count) return pids;
  }
}
