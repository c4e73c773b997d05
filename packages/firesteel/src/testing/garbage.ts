import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Finalizers run some turns after their object is collected; a deref keeps it for its turn. */
export async function untilCollected(isDone: () => boolean): Promise<boolean> {
  for (let i = 0; i < 50 && !isDone(); i++) {
    await nextTurn();
    collectGarbage();
    await nextTurn();
  }
  return isDone();
}
