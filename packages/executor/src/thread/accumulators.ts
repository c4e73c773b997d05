import { registerReviver } from '@firesteel/closure/executor';
import { encodeValue } from '@firesteel/codec';
import { FiresteelError } from '@firesteel/common';
import {
  Accumulator,
  type AccumulatorUpdate,
  accumulatorInvalid,
  accumulatorState,
  type BuiltInAccumulator,
  builtInAccumulators,
  type CarriedAccumulator,
} from '@firesteel/plan';

type AnyAccumulator = Accumulator<unknown, unknown>;

/** An accumulator of this thread, that each task in turn begins with zero. */
class ThreadAccumulator {
  /** What functions see. */
  readonly facade: object = {};
  #inner: AnyAccumulator | undefined;
  #isTouched = false;
  #isUsed = false;

  constructor(
    readonly data: CarriedAccumulator,
    private readonly onFirstUse: (accumulator: ThreadAccumulator) => void,
  ) {
    const make = builtInAccumulators[data.kind as BuiltInAccumulator];
    if (make !== undefined) this.attach(make() as AnyAccumulator);
  }

  /**
   * The facade forwards to `inner`, so that its class may use `value` where functions of tasks
   * must not, and so that the first call of a task is noticed.
   */
  attach(inner: AnyAccumulator): void {
    this.#inner = inner;
    const { id, name } = this.data;
    Object.setPrototypeOf(this.facade, Object.getPrototypeOf(inner));
    Object.defineProperties(this.facade, { id: { value: id }, name: { value: name } });
    for (const [key, descriptor] of members(inner)) {
      if (Object.hasOwn(this.facade, key)) continue;
      Object.defineProperty(this.facade, key, this.#forwarded(key, descriptor));
    }
  }

  #forwarded(key: string, { value: method }: PropertyDescriptor): PropertyDescriptor {
    const refuse = (): never => {
      throw driverOnly(key, this.data);
    };
    if (typeof method !== 'function') return { get: refuse, set: refuse };
    if (key === 'copy' || key === 'reset' || key === 'merge') return { value: refuse };
    const inner = this.#inner as AnyAccumulator;
    if (key === 'add')
      return {
        value: (value: unknown) => {
          if (!this.#isTouched) this.#touch();
          inner.add(value);
        },
      };
    return {
      value: (...args: unknown[]) => {
        if (!this.#isTouched) this.#touch();
        return Reflect.apply(method, inner, args);
      },
    };
  }

  #touch(): void {
    const inner = this.#inner as AnyAccumulator;
    if (this.#isUsed) {
      inner.reset();
      if (!inner.isZero) throw accumulatorInvalid(inner, 'it is not zero after reset()');
    }
    this.#isUsed = true;
    this.#isTouched = true;
    this.onFirstUse(this);
  }

  /** Ends the use by a task; what it has added, if anything. */
  take(): AccumulatorUpdate | undefined {
    this.#isTouched = false;
    const inner = this.#inner as AnyAccumulator;
    if (inner.isZero) return undefined;
    return { id: this.data.id, state: encodeValue(accumulatorState(inner)) };
  }

  /** Ends the use by a task that failed. */
  discard(): void {
    this.#isTouched = false;
  }
}

/** All members of an accumulator: those of its class and its bases, and own functions. */
function members(inner: object): Map<string, PropertyDescriptor> {
  const found = new Map<string, PropertyDescriptor>();
  for (let at = inner; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      const isState = at === inner && typeof descriptor.value !== 'function';
      if (!isState && key !== 'constructor' && !found.has(key)) found.set(key, descriptor);
    }
  }
  return found;
}

function driverOnly(member: string, { id, name }: CarriedAccumulator): FiresteelError {
  const title = name === undefined ? `accumulator ${id}` : `accumulator ${id} (${name})`;
  return new FiresteelError(
    'DRIVER_ONLY',
    `${member} of ${title} was used in a task, which sees nothing but its own part. Tasks may only add; read it on the driver, after the action.`,
    { data: { member, accumulatorId: id } },
  );
}

/** The accumulators that functions of this thread refer to. */
export class ThreadAccumulators {
  /** Those of the engine by id: one object, so that a function is the same in each job. */
  readonly #builtIn = new Map<number, WeakRef<ThreadAccumulator>>();
  readonly #byFacade = new WeakMap<object, ThreadAccumulator>();
  readonly #forget = new FinalizationRegistry<number>((id) => {
    if (this.#builtIn.get(id)?.deref() === undefined) this.#builtIn.delete(id);
  });
  #touched: ThreadAccumulator[] = [];

  constructor() {
    registerReviver('accumulatorClass', () => Accumulator);
    registerReviver(
      'accumulator',
      (data) => this.#accumulator(data as CarriedAccumulator).facade,
      (facade, zero) => this.#byFacade.get(facade as object)?.attach(zero as AnyAccumulator),
    );
  }

  /** What the task that ends now has added. */
  take(): AccumulatorUpdate[] {
    const touched = this.#touched;
    this.#touched = [];
    return touched.flatMap((accumulator) => accumulator.take() ?? []);
  }

  /** The task that ends now has failed. */
  discard(): void {
    for (const accumulator of this.#touched) accumulator.discard();
    this.#touched = [];
  }

  #accumulator(data: CarriedAccumulator): ThreadAccumulator {
    const known = this.#builtIn.get(data.id)?.deref();
    if (known !== undefined) return known;
    const accumulator = new ThreadAccumulator(data, (used) => this.#touched.push(used));
    this.#byFacade.set(accumulator.facade, accumulator);
    if (data.kind !== undefined) {
      this.#builtIn.set(data.id, new WeakRef(accumulator));
      this.#forget.register(accumulator, data.id);
    }
    return accumulator;
  }
}
