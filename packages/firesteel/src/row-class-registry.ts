import { type Constructor, privateInstanceNames } from '@firesteel/closure';
import { addRowClass, isRowClassNameTaken, type RowClass, rowClassOf } from '@firesteel/codec';
import { invalidArgument } from '@firesteel/common';
import type { ClosureItem } from '@firesteel/plan';
import type { RowClassOptions } from '@firesteel/rdd';

/**
 * The classes whose instances may be rows, on the driver. A class that a job's functions mention
 * is one by itself, under its own name, and so is one that they mentioned when a shuffle was written
 * that the job reads; registering tells every later job of it.
 */
export class RowClassRegistry {
  readonly #registered = new Set<Constructor>();
  readonly #byShuffle = new Map<number, ReadonlySet<Constructor>>();

  /** @throws FiresteelError INVALID_ARGUMENT for a class that cannot travel, or a name in use */
  register(ctor: Constructor, { name = ctor.name, key }: RowClassOptions): void {
    const what = `The class ${name} of registerClass`;
    const reason = whyNot(ctor);
    if (reason !== undefined) throw invalidArgument(what, reason, ctor);
    if (name === '') throw invalidArgument(what, 'one with a name; pass { name }', ctor);
    if (isRowClassNameTaken(name, ctor.prototype))
      throw invalidArgument(what, 'no other than the one registered before; pass { name }', ctor);
    addRowClass({ name, prototype: ctor.prototype, keyedByFields: key === 'fields' });
    this.#registered.add(ctor);
  }

  /** What has to be captured with the functions of a job that reads these complete shuffles. */
  itemsFor(shuffleIds: Iterable<number>): ClosureItem[] {
    const classes = new Set(this.#registered);
    for (const shuffleId of shuffleIds)
      for (const ctor of this.#byShuffle.get(shuffleId) ?? []) classes.add(ctor);
    return [...classes].map((value) => ({ value, label: `the class ${value.name}` }));
  }

  /** Remembers what was captured by a job that writes shuffles, for those that read them later. */
  noteWritten(shuffleIds: Iterable<number>, classes: ReadonlySet<Constructor>): void {
    if (classes.size > 0)
      for (const shuffleId of shuffleIds) this.#byShuffle.set(shuffleId, classes);
  }

  forgetShuffle(shuffleId: number): void {
    this.#byShuffle.delete(shuffleId);
  }

  /** What threads are told of a captured class: all of its `RowClass` but the prototype. */
  tagOf(ctor: Constructor): Omit<RowClass, 'prototype'> | undefined {
    const prototype = ctor.prototype as object;
    let rowClass = rowClassOf(Object.create(prototype) as object);
    if (rowClass === undefined) {
      if (ctor.name === '' || whyNot(ctor) !== undefined) return undefined;
      rowClass = { name: freeName(ctor), prototype, keyedByFields: false };
      addRowClass(rowClass);
    }
    return { name: rowClass.name, keyedByFields: rowClass.keyedByFields };
  }
}

function freeName({ name, prototype }: Constructor & { readonly name: string }): string {
  let free = name;
  for (let n = 2; isRowClassNameTaken(free, prototype); n++) free = `${name}#${n}`;
  return free;
}

/** The rule that a class does not keep, if its instances are more than their own fields. */
function whyNot(ctor: Constructor): string | undefined {
  let prototype: object | null = ctor.prototype as object;
  for (; prototype !== Object.prototype; prototype = Object.getPrototypeOf(prototype) as object) {
    const own: unknown =
      prototype && Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    if (typeof own !== 'function' || isNative(own))
      return 'a class that extends nothing but classes of the job';
    if (privateInstanceNames(own).size > 0)
      return 'a class without #private members, which only its own code can read';
  }
  return undefined;
}

function isNative(fn: object): boolean {
  return /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(fn));
}
