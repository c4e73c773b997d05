import { invalidArgument } from '@firesteel/common';
import {
  Accumulator,
  BigintAccumulator,
  type BuiltInAccumulator,
  CollectionAccumulator,
  describeCallSite,
  NumberAccumulator,
  registerAccumulator,
} from '@firesteel/plan';
import { Broadcast } from './broadcast.js';
import { FileSharing } from './file-sharing.js';

/** The members of a context that make variables which driver and tasks share. */
export abstract class SharedVariables extends FileSharing {
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
    const site = describeCallSite(this.callSite(this.broadcast));
    const broadcast = new Broadcast(this.engine, value);
    this.engine.addBroadcast(broadcast, { value, label: `the value of ${site}` });
    return broadcast;
  }

  /**
   * A sum of numbers to which tasks add. See `Accumulator` for when that counts.
   *
   * @param name under which it appears in `taskEnd` and `stageCompleted` events
   * @example
   * const empty = sc.accumulator('empty lines');
   * await lines.forEach((line) => { if (line === '') empty.add(1); });
   * console.log(empty.value);
   */
  accumulator(name?: string): NumberAccumulator {
    return this.#register('accumulator', new NumberAccumulator(), name, 'number');
  }

  /** A sum of bigints to which tasks add, as `accumulator` is of numbers. */
  bigintAccumulator(name?: string): BigintAccumulator {
    return this.#register('bigintAccumulator', new BigintAccumulator(), name, 'bigint');
  }

  /**
   * A list to which tasks add. All of it travels to the driver, as what `collect` returns does;
   * the order of tasks in it is that in which they ended.
   */
  collectionAccumulator<T>(name?: string): CollectionAccumulator<T> {
    const accumulator = new CollectionAccumulator<T>();
    return this.#register('collectionAccumulator', accumulator, name, 'collection');
  }

  /**
   * Makes an accumulator of a class of your own known, so that functions may add to it.
   *
   * @returns the same accumulator
   * @throws FiresteelError INVALID_ARGUMENT for no accumulator, or one that is registered already;
   *   ACCUMULATOR_INVALID when `copy` and `reset` do not make a zero
   */
  register<A extends Accumulator<never, unknown>>(accumulator: A, name?: string): A {
    if (!(accumulator instanceof Accumulator))
      throw invalidArgument('The argument of register', 'an Accumulator', accumulator);
    return this.#register('register', accumulator, name);
  }

  #register<A extends Accumulator<never, unknown>>(
    method: string,
    accumulator: A,
    name: string | undefined,
    kind?: BuiltInAccumulator,
  ): A {
    this.assertRunning(method);
    if (name !== undefined && typeof name !== 'string')
      throw invalidArgument(`The name of ${method}`, 'a string', name);
    registerAccumulator(accumulator, name, kind);
    this.engine.addAccumulator(accumulator);
    return accumulator;
  }
}
