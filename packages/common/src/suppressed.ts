/**
 * Notes on an error, as its property `suppressed`, that cleaning up after it failed as well: the
 * first error is what its caller must see.
 */
export function noteSuppressed(error: unknown, suppressed: unknown): void {
  if (typeof error !== 'object' || error === null || !Object.isExtensible(error)) return;
  Object.defineProperty(error, 'suppressed', {
    value: suppressed,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}
