/** Strings as bytes: one byte per code unit where all units are below 256, else UTF-16LE. */

/**
 * Whether every code unit is below 256. V8 compiles the expression twice; for a string that it
 * stores with one byte per unit no character can match, so that the answer costs no scan.
 */
export function isLatin1(text: string): boolean {
  return !/[^\0-\xff]/.test(text);
}

/** A Buffer over the same bytes, for its text methods; it works on shared memory too. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
}
