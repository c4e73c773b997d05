import type { RebuiltType } from './graph.js';
import type { ViewParts } from './view-parts.js';

/** Objects of the language that are made from a few plain values. */
export function rebuild(type: RebuiltType, data: readonly unknown[]): object {
  switch (type) {
    case 'date':
      return new Date(data[0] as number);
    case 'regexp': {
      const expression = new RegExp(data[0] as string, data[1] as string);
      expression.lastIndex = data[2] as number;
      return expression;
    }
    case 'boxed':
      return Object(data[0]);
    case 'url':
      return new URL(data[0] as string);
    case 'urlSearchParams':
      return new URLSearchParams(data[0] as string);
    case 'textEncoder':
      return new TextEncoder();
    case 'textDecoder':
      return new TextDecoder(data[0] as string, data[1] as { fatal: boolean; ignoreBOM: boolean });
    case 'intl': {
      const [name, locale, options] = data as [keyof typeof Intl, string, object];
      const Formatter = Intl[name] as unknown as new (locale: string, options: object) => object;
      return new Formatter(locale, options);
    }
  }
}

/** A typed array, DataView or Buffer on a buffer that other views may share. */
export function rebuildView(
  { type, byteOffset, length }: Omit<ViewParts, 'buffer'>,
  buffer: ArrayBuffer | SharedArrayBuffer,
): ArrayBufferView {
  if (type === 'Buffer') return Buffer.from(buffer, byteOffset, length);
  const View = (globalThis as unknown as Record<string, unknown>)[type] as new (
    buffer: ArrayBuffer | SharedArrayBuffer,
    byteOffset: number,
    length: number,
  ) => ArrayBufferView;
  return new View(buffer, byteOffset, length);
}

/** An error object without own properties; those of the original are defined on it. */
export function bareError(): Error {
  const error = new Error();
  for (const key of Reflect.ownKeys(error)) Reflect.deleteProperty(error, key);
  return error;
}
