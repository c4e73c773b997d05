import { analyse } from './analysis.js';
import { inspectPrivateFields, type PrivateMember } from './inspect.js';
import { Refusal } from './refusal.js';

type Constructor = (new (...args: never[]) => unknown) & { readonly name: string };

/** The classes in an object's chain that have instance `#private` members, base first. */
export function privateOwners(
  value: object,
): { readonly owner: Constructor; readonly fields: readonly PrivateMember[] }[] {
  const owners: { owner: Constructor; names: Set<string> }[] = [];
  for (
    let prototype: object | null = Object.getPrototypeOf(value);
    prototype !== null && prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    const ctor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    if (typeof ctor !== 'function') continue;
    const names = privateInstanceNames(ctor);
    if (names.size > 0) owners.unshift({ owner: ctor as Constructor, names });
  }
  if (owners.length === 0) return [];
  const fields = inspectPrivateFields(value);
  return owners.map(({ owner, names }) => {
    // Two classes of one chain may use the same private name: fields come base class first.
    const own: PrivateMember[] = [];
    for (const name of names) {
      const at = fields.findIndex((field) => field.name === name);
      if (at >= 0) own.push(...fields.splice(at, 1));
    }
    return { owner, fields: own };
  });
}

const namesOf = new WeakMap<object, Set<string>>();

/** The names of a class's own `#private` members of instances. */
export function privateInstanceNames(ctor: object): Set<string> {
  let names = namesOf.get(ctor);
  if (names !== undefined) return names;
  names = new Set();
  namesOf.set(ctor, names);
  const source = Function.prototype.toString.call(ctor);
  if (!source.startsWith('class') || !source.includes('#')) return names;
  let analysis: ReturnType<typeof analyse>;
  try {
    analysis = analyse(source);
  } catch {
    throw new Refusal('a class whose text cannot be parsed', 'Move it to a package.');
  }
  for (const member of analysis.classNode?.body.body ?? []) {
    if (member.type === 'StaticBlock' || member.static) continue;
    if (member.key.type !== 'PrivateIdentifier') continue;
    // Methods brand their instances too, even where there are no fields.
    names.add(`#${member.key.name}`);
  }
  return names;
}
