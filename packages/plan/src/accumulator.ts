import { FiresteelError } from '@firesteel/common';
import { type ClosureCarriage, type ClosureRefusal, closureTag } from './closure-tag.js';

/** What a context knows of an accumulator. */
interface Registration {
  readonly id: number;
  readonly name: string | undefined;
  /** What tasks begin with. */
  readonly zero: Accumulator<never, unknown>;
  /** Names the class of an accumulator of the engine, which executors have. */
  readonly kind: string | undefined;
}

/** Beside the objects, so that classes of users need not call anything. */
const registrations = new WeakMap<object, Registration>();
/** Zeros travel as the objects that they are. */
const zeros = new WeakSet<object>();
let nextId = 0;

/**
 * A variable that tasks add to and that only the driver reads. Extend this class for sums of a
 * kind of your own, and give an instance to `sc.register`; for numbers, bigints and lists there
 * are `sc.accumulator`, `sc.bigintAccumulator` and `sc.collectionAccumulator`.
 *
 * A task gets a copy that is zero, and may call `add` and methods of your own; to read it, reset
 * it or merge it in a task fails with DRIVER_ONLY. What a task has added is merged on the driver
 * when the task succeeds: by an action once for each partition, however often its tasks fail and
 * run again. Functions of transformations may run again (for another action, after the loss of
 * cached rows or of a shuffle's output, for the sampling of a sort), and then add again.
 *
 * The state has to be in ordinary fields (not in `#private` ones) and to be what rows may be: it
 * travels as the object's own fields. `add` runs for each row, so let it make no objects.
 *
 * @example
 * class Longest extends Accumulator<string> {
 *   private text = '';
 *   copy() { const copy = new Longest(); copy.text = this.text; return copy; }
 *   reset() { this.text = ''; }
 *   add(text: string) { if (text.length > this.text.length) this.text = text; }
 *   merge(other: Longest) { this.add(other.text); }
 *   get value() { return this.text; }
 *   get isZero() { return this.text === ''; }
 * }
 * const longest = sc.register(new Longest(), 'longest line');
 * await lines.forEach((line) => longest.add(line));
 * console.log(longest.value);
 */
export abstract class Accumulator<In, Out = In> {
  /** The class itself is on executors already. */
  static get [closureTag](): ClosureCarriage {
    return { kind: 'carry', type: 'accumulatorClass', data: undefined };
  }

  /** Unique in the process; undefined before it is registered. */
  get id(): number | undefined {
    return registrations.get(this)?.id;
  }

  /** Under which it appears in events; undefined for accumulators without a name. */
  get name(): string | undefined {
    return registrations.get(this)?.name;
  }

  /** A new accumulator with the same value that shares no state with this one. */
  abstract copy(): Accumulator<In, Out>;
  /** Makes it zero. */
  abstract reset(): void;
  abstract add(value: In): void;
  /** Adds what another accumulator of the same class holds, and leaves that as it is. */
  abstract merge(other: this): void;
  abstract get value(): Out;
  /** Whether nothing has been added; what is zero does not travel. */
  abstract get isZero(): boolean;

  get [closureTag](): ClosureCarriage | ClosureRefusal | undefined {
    // The prototypes of classes, which travel with these, inherit this too.
    if (zeros.has(this) || Object.hasOwn(this, 'constructor')) return undefined;
    const registration = registrations.get(this);
    if (registration === undefined)
      return {
        kind: 'refuse',
        what: 'an accumulator that is not registered',
        advice: 'Call sc.register(accumulator) before functions use it.',
        code: 'ACCUMULATOR_NOT_REGISTERED',
      };
    const { id, name, kind, zero } = registration;
    const data: CarriedAccumulator = { id, name, kind };
    return { kind: 'carry', type: 'accumulator', data, ...(kind === undefined && { value: zero }) };
  }
}

/** How an accumulator gets to a thread; one of a user's class comes with its zero. */
export interface CarriedAccumulator {
  readonly id: number;
  readonly name: string | undefined;
  readonly kind: string | undefined;
}

/**
 * Gives an accumulator its id.
 *
 * @param kind names the class of an accumulator of the engine
 * @throws FiresteelError INVALID_ARGUMENT for one that is registered, ACCUMULATOR_INVALID when
 *   `copy` and `reset` do not make a zero of the same class
 */
export function registerAccumulator(
  accumulator: Accumulator<never, unknown>,
  name: string | undefined,
  kind?: string,
): number {
  const known = registrations.get(accumulator);
  if (known !== undefined)
    throw new FiresteelError(
      'INVALID_ARGUMENT',
      `${accumulatorTitle(accumulator)} is registered already. Register each accumulator once.`,
      { data: { accumulatorId: known.id } },
    );
  const zero = accumulator.copy();
  if (zero === accumulator || zero.constructor !== accumulator.constructor)
    throw accumulatorInvalid(accumulator, 'its copy() does not make another object of the class');
  zero.reset();
  for (const name of ['isZero', 'value'] as const)
    if (typeof zero[name] === 'function')
      throw accumulatorInvalid(accumulator, `its ${name} is a method; write get ${name}()`);
  if (!zero.isZero) throw accumulatorInvalid(accumulator, 'it is not zero after reset()');
  zeros.add(zero);
  const id = nextId++;
  registrations.set(accumulator, { id, name, kind, zero });
  return id;
}

/** The state of an accumulator as it travels: its own fields. */
export function accumulatorState(accumulator: object): Record<string, unknown> {
  const entries = Object.entries(accumulator);
  return Object.fromEntries(entries.filter(([, field]) => typeof field !== 'function'));
}

/**
 * Adds what a task has added, and returns that alone.
 *
 * @throws FiresteelError ACCUMULATOR_INVALID when the state did not arrive, and what `merge` throws
 */
export function mergeAccumulatorState(
  accumulator: Accumulator<never, unknown>,
  state: Record<string, unknown>,
): Accumulator<never, unknown> {
  const part = registrations.get(accumulator)?.zero.copy();
  if (part !== undefined) Object.assign(part, state);
  if (part === undefined || part.isZero)
    throw accumulatorInvalid(
      accumulator,
      'a task has added to it, but nothing is in its own fields: state in #private fields or outside of the object cannot travel',
    );
  accumulator.merge(part);
  return part;
}

/** Such as `Accumulator 3 (lines read)`. */
export function accumulatorTitle({ id, name }: Accumulator<never, unknown>): string {
  return name === undefined ? `Accumulator ${id}` : `Accumulator ${id} (${name})`;
}

export function accumulatorInvalid(accumulator: object, what: string): FiresteelError {
  return new FiresteelError(
    'ACCUMULATOR_INVALID',
    `The accumulator class ${accumulator.constructor.name} does not keep its contract: ${what}.`,
    { data: { className: accumulator.constructor.name } },
  );
}
