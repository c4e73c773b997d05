import { describeCallSite } from '@firesteel/plan';
import { Broadcast } from './broadcast.js';
import { ContextBase } from './context-base.js';

/** The members of a context that make variables which driver and tasks share. */
export abstract class SharedVariables extends ContextBase {
  #nextBroadcastId = 0;

  /**
   * A value for the functions of any job, sent once to each executor process that runs a task
   * which needs it. It is copied now: what the driver changes in it later, tasks do not see.
   * Everything that a function may capture may be in it; typed arrays of 4 KiB or more, however
   * deep in the value, are memory that all threads of a process share (their `buffer` is a
   * SharedArrayBuffer), everything else is decoded once in each thread.
   *
   * @throws FiresteelError CLOSURE_NOT_SERIALIZABLE for a value that cannot travel, RDD_IN_TASK
   *   for an RDD or context in it, CONTEXT_STOPPED
   * @example
   * const stopWords = sc.broadcast(new Set(['a', 'the']));
   * words.filter((word) => !stopWords.value.has(word));
   */
  broadcast<T>(value: T): Broadcast<T> {
    this.assertRunning('broadcast');
    const label = describeCallSite(this.callSite(this.broadcast)).replace(/^/, 'the value of ');
    const broadcast = new Broadcast(this.engine, this.#nextBroadcastId++, value);
    this.engine.addBroadcast(broadcast, { value, label });
    return broadcast;
  }
}
