import { FiresteelError } from '@firesteel/common';

/** A class whose instances travel as rows: by their own fields, under a name. */
export interface RowClass {
  readonly name: string;
  readonly prototype: object;
  /** Whether instances without `hashCode()`/`equals()` are keys by the values of their fields. */
  readonly keyedByFields: boolean;
}

/** Every class that was ever known, so that what was made of an older copy of one still travels. */
const byPrototype = new WeakMap<object, RowClass>();
let byName = new Map<string, RowClass>();

/** Makes a class known by its name and prototype, in this thread and from now on. */
export function addRowClass(rowClass: RowClass): void {
  byPrototype.set(rowClass.prototype, rowClass);
  byName.set(rowClass.name, rowClass);
}

/**
 * The classes of which instances are made from now on, in place of all others: on executors those
 * of the closure set that runs, whose functions may ask for `instanceof`.
 */
export function useRowClasses(classes: readonly RowClass[]): void {
  byName = new Map();
  for (const rowClass of classes) addRowClass(rowClass);
}

/** The class of an instance; undefined for everything else, also for instances of subclasses. */
export function rowClassOf(value: object): RowClass | undefined {
  return byPrototype.get(Object.getPrototypeOf(value) as object);
}

/** Whether a name is taken by another class than the one with this prototype. */
export function isRowClassNameTaken(name: string, prototype: object): boolean {
  const known = byName.get(name);
  return known !== undefined && known.prototype !== prototype;
}

/** @throws FiresteelError UNSUPPORTED_VALUE for a name that is not known here */
export function rowClassNamed(name: string): RowClass {
  const known = byName.get(name);
  if (known !== undefined) return known;
  throw new FiresteelError(
    'UNSUPPORTED_VALUE',
    `A row holds an instance of class ${name}, which is not known here: no function of the job mentions it. Call sc.registerClass(${name}) before the job.`,
    { data: { class: name } },
  );
}
