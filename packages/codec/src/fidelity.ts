import { types } from 'node:util';
import { FiresteelError } from '@firesteel/common';
import {
  type BuiltinName,
  builtinName,
  describeKind,
  foreignBuiltinName,
  isPlainArray,
  isPlainObject,
} from './builtins.js';
import { rowClassOf } from './row-classes.js';

/** So many objects of a row are remembered in an array, before a Set pays. */
const FEW = 8;

/**
 * Decides how rows travel. msgpackr is fast but loses -0, lone surrogates, holes, a `__proto__`
 * key, cycles and shared identity, and knows the built-in types of its own realm only; a row with
 * any of these, an Error or an instance of a known class goes through V8's serializer. Rows that neither may carry are refused.
 */
export class FidelityCheck {
  /** Whether any row seen so far needs V8's serializer. */
  needsGraph = false;
  /** The errors among the rows: their own fields travel beside them. */
  readonly errors: Error[] = [];
  /** The instances of known classes among the rows, with the names of their classes. */
  readonly instances: [instance: object, className: string][] = [];
  /** The errors whose fields are being visited. */
  private readonly openErrors: object[] = [];
  /** The objects of the row: the first `fewCount` items of `few`, or `many`. */
  private readonly few: (object | undefined)[] = new Array(FEW).fill(undefined);
  private fewCount = 0;
  private many: Set<object> | undefined;

  /**
   * Checks one row. Sharing is noticed inside a row only.
   *
   * @param path where the row lies in the user's row, for the message
   * @throws FiresteelError UNSUPPORTED_VALUE
   */
  check(row: unknown, path: string): void {
    this.fewCount = 0;
    this.many = undefined;
    let travels: boolean;
    try {
      travels = this.visit(row);
    } catch (error) {
      if (error instanceof RangeError) throw unsupportedValue('a value nested too deeply', path);
      throw error;
    }
    if (!travels) throw refusal(row, path);
  }

  private visit(value: unknown): boolean {
    switch (typeof value) {
      case 'string':
        if (!isWellFormed(value)) this.needsGraph = true;
        return true;
      case 'number':
        if (value === 0 && 1 / value < 0) this.needsGraph = true;
        return true;
      case 'object':
        return value === null || this.visitObject(value);
      case 'function':
      case 'symbol':
        return false;
      default:
        return true;
    }
  }

  private visitObject(value: object): boolean {
    if (this.seen(value)) {
      this.needsGraph = true;
      // V8 writes an error's cause before it remembers the error.
      return !this.openErrors.includes(value);
    }
    if (isPlainArray(value)) return this.visitArray(value);
    if (isPlainObject(value)) return this.visitPlainObject(value as Record<string, unknown>);
    return this.visitBuiltin(value);
  }

  private seen(value: object): boolean {
    if (this.many !== undefined) {
      if (this.many.has(value)) return true;
      this.many.add(value);
      return false;
    }
    for (let i = 0; i < this.fewCount; i++) if (this.few[i] === value) return true;
    if (this.fewCount < FEW) this.few[this.fewCount++] = value;
    else this.many = new Set([...(this.few as object[]), value]);
    return false;
  }

  private visitArray(items: readonly unknown[]): boolean {
    for (let i = 0; i < items.length; i++) {
      const item = items[i];
      if (item === undefined) {
        if (!(i in items)) return this.visitSparse(items);
      } else if (!this.visit(item)) return false;
    }
    return true;
  }

  /** By keys: a sparse array may have billions of holes. */
  private visitSparse(items: readonly unknown[]): boolean {
    this.needsGraph = true;
    return Object.keys(items).every((key) => this.visit(items[Number(key)]));
  }

  private visitPlainObject(value: Record<string, unknown>): boolean {
    for (const key of Object.keys(value)) {
      if (key === '__proto__' || !isWellFormed(key)) this.needsGraph = true;
      if (!this.visit(value[key])) return false;
    }
    return true;
  }

  private visitBuiltin(value: object): boolean {
    if (types.isProxy(value)) return false;
    const rowClass = rowClassOf(value);
    if (rowClass !== undefined) {
      this.needsGraph = true;
      this.instances.push([value, rowClass.name]);
      return Object.values(value).every((field) => this.visit(field));
    }
    if (types.isNativeError(value)) {
      this.needsGraph = true;
      this.errors.push(value);
      this.openErrors.push(value);
      const travels = errorFields(value).every(([, field]) => this.visit(field));
      this.openErrors.pop();
      return travels;
    }
    if (types.isBoxedPrimitive(value)) {
      this.needsGraph = true;
      return !types.isSymbolObject(value);
    }
    let name = builtinName(value);
    if (name === undefined || name === 'Buffer') {
      this.needsGraph = true;
      name ??= foreignBuiltinName(value);
    }
    return name !== undefined && this.visitMembers(value, name);
  }

  private visitMembers(value: object, name: BuiltinName): boolean {
    if (name === 'Map') {
      for (const [key, item] of value as Map<unknown, unknown>)
        if (!this.visit(key) || !this.visit(item)) return false;
    } else if (name === 'Set') {
      for (const item of value as Set<unknown>) if (!this.visit(item)) return false;
    }
    return true;
  }
}

/** What an Error carries besides message and stack; `name` also when its class gives it. */
export function errorFields(error: Error): [name: string, value: unknown][] {
  const fields: [string, unknown][] = [];
  if (!Object.hasOwn(error, 'name')) fields.push(['name', error.name]);
  for (const name of Object.getOwnPropertyNames(error))
    if (name !== 'stack' && name !== 'message')
      fields.push([name, (error as unknown as Record<string, unknown>)[name]]);
  return fields;
}

// In Node since 20, in the ES2024 library only.
interface StringWithCheck {
  isWellFormed(): boolean;
}

function isWellFormed(text: string): boolean {
  return (text as unknown as StringWithCheck).isWellFormed();
}

/** The error for a row that was refused: walks it again, this time with the path. */
function refusal(row: unknown, path: string): FiresteelError {
  const culprit = findCulprit(row, path, new Set(), []);
  return unsupportedValue(culprit?.what ?? 'a value', culprit?.path ?? path);
}

interface Culprit {
  readonly what: string;
  readonly path: string;
}

function findCulprit(
  value: unknown,
  path: string,
  seen: Set<object>,
  openErrors: object[],
): Culprit | undefined {
  if (typeof value === 'function' || typeof value === 'symbol')
    return { what: describeKind(value), path };
  if (typeof value !== 'object' || value === null) return undefined;
  if (openErrors.includes(value)) return { what: 'the error itself as its own cause', path };
  if (seen.has(value)) return undefined;
  seen.add(value);
  const parts = partsOf(value);
  if (parts === undefined) return { what: describeKind(value), path };
  const open = types.isNativeError(value) ? [...openErrors, value] : openErrors;
  for (const [step, part] of parts) {
    const culprit = findCulprit(part, path + step, seen, open);
    if (culprit !== undefined) return culprit;
  }
  return undefined;
}

/** The members of a value with the words that lead to them; undefined for what cannot travel. */
function partsOf(value: object): [step: string, part: unknown][] | undefined {
  if (types.isProxy(value)) return undefined;
  if (isPlainArray(value)) return Object.keys(value).map((key) => [`[${key}]`, value[Number(key)]]);
  if (isPlainObject(value) || rowClassOf(value) !== undefined)
    return Object.keys(value).map((key) => [
      propertyStep(key),
      (value as Record<string, unknown>)[key],
    ]);
  if (types.isNativeError(value))
    return errorFields(value).map(([name, field]) => [propertyStep(name), field]);
  const name = builtinName(value) ?? foreignBuiltinName(value);
  if (name === 'Map')
    return [...(value as Map<unknown, unknown>)].flatMap(([key, item], i) => [
      [`.keys()[${i}]`, key],
      [`.values()[${i}]`, item],
    ]);
  if (name === 'Set')
    return [...(value as Set<unknown>)].map((item, i) => [`.values()[${i}]`, item]);
  if (name !== undefined) return [];
  return types.isBoxedPrimitive(value) && !types.isSymbolObject(value) ? [] : undefined;
}

/** `.name`, or `["first name"]` for a key that is no identifier. */
export function propertyStep(key: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

export function unsupportedValue(what: string, path: string, cause?: unknown): FiresteelError {
  const where = path === '' ? 'A row is' : `A row holds, at row${path},`;
  return new FiresteelError(
    'UNSUPPORTED_VALUE',
    `${where} ${what}, which cannot travel between threads or be stored. ` +
      'Return plain data instead: for a class instance a plain object of its fields, such as {...value}, or make the class known by sc.registerClass(Class).',
    { data: { kind: what, path: `row${path}` }, ...(cause === undefined ? {} : { cause }) },
  );
}
