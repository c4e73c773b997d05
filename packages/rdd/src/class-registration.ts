import { invalidArgument, type OptionKind, optionsOf } from '@firesteel/common';
import { PersistentRDDs } from './persistent-rdds.js';

/** How instances of a class are rows and keys. */
export interface RowClassOptions {
  /**
   * The name under which instances are stored, in object files for good; by default that of the
   * class.
   */
  readonly name?: string;
  /**
   * `fields` makes instances keys by the values of their own fields. Without it they are keys only
   * if the class has `hashCode()` and `equals(other)`.
   */
  readonly key?: 'fields';
}

const optionKinds = { name: 'string', key: ['fields'] } satisfies Record<
  keyof RowClassOptions,
  OptionKind
>;

/** The members of a context that tell it of the classes of rows. */
export abstract class ClassRegistration extends PersistentRDDs {
  /**
   * Makes the instances of a class rows that travel and come back as instances of the class, with
   * their own fields; no constructor runs. A class that the functions of a job mention need not be
   * registered, except for `key` or `name`, for instances given to `parallelize`, and for jobs that
   * read instances (from a shuffle of another job, from object files) without mentioning the class.
   * Plain objects and tuples are several times faster.
   *
   * @throws FiresteelError INVALID_ARGUMENT for anything but a class, one with `#private` members or
   *   one that extends a built-in class, and when another class of that name is registered
   * @example
   * sc.registerClass(Point, { key: 'fields' });
   * points.map((p): [Point, number] => [p.rounded(), 1]).reduceByKey((a, b) => a + b);
   */
  registerClass(
    ctor: abstract new (...args: never[]) => object,
    options: RowClassOptions = {},
  ): void {
    this.assertRunning('registerClass');
    if (typeof ctor !== 'function' || typeof ctor.prototype !== 'object' || ctor.prototype === null)
      throw invalidArgument('The class of registerClass', 'a class', ctor);
    this.engine.registerClass(ctor, optionsOf(options, optionKinds, 'registerClass'));
  }
}
