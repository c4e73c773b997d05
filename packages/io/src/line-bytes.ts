const LF = 10;
const CR = 13;

/**
 * The index after the first line terminator (LF, CR or CRLF) at or after `from`, or -1. A CR in
 * the last byte counts as "not known yet": the LF of its pair may follow.
 */
export function endOfLine(bytes: Buffer, from: number): number {
  const lf = bytes.indexOf(LF, from);
  const cr = (lf === -1 ? bytes : bytes.subarray(0, lf)).indexOf(CR, from);
  if (cr === -1) return lf === -1 ? -1 : lf + 1;
  if (cr + 1 === lf) return lf + 1;
  return cr + 1 === bytes.length ? -1 : cr + 1;
}

/**
 * Turns every CR and CRLF at or after `from` into one LF, in place, and returns the new length.
 * A CR in the last byte stays as it is unless `final`, because the LF of its pair may follow.
 */
export function normalizeTerminators(bytes: Buffer, from: number, final: boolean): number {
  let read = bytes.indexOf(CR, from);
  if (read === -1) return bytes.length;
  let write = read;
  const end = bytes.length;
  while (read < end) {
    const byte = bytes[read++] as number;
    if (byte !== CR) bytes[write++] = byte;
    else if (read === end) bytes[write++] = final ? LF : CR;
    else if (bytes[read] !== LF) bytes[write++] = LF;
  }
  return write;
}

/** True when the bytes begin with the UTF-8 byte order mark. */
export function startsWithByteOrderMark(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}
