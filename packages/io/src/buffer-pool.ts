/** Bytes of one read. Strings cut from chunks of this size stay in V8's nursery; bigger ones do not. */
const READ_BUFFER_BYTES = 64 * 1024;

const KEPT = 8;
const free: Buffer[] = [];

/** A read buffer of this thread's pool, with arbitrary content. */
export function takeReadBuffer(): Buffer {
  return free.pop() ?? Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
}

/** Gives a buffer back; nothing may refer to it any more. */
export function returnReadBuffer(buffer: Buffer): void {
  if (free.length < KEPT) free.push(buffer);
}
