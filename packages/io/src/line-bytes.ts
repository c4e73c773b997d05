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
 *
 * What stands between two CRs moves as a block: a search and a copy for each line are quicker
 * than a loop over its bytes, except for very short lines.
 */
export function normalizeTerminators(bytes: Buffer, from: number, final: boolean): number {
  const end = bytes.length;
  let cr = bytes.indexOf(CR, from);
  if (cr === -1) return end;
  let write = cr;
  while (cr !== -1) {
    const next = cr + 1;
    if (next === end) bytes[write++] = final ? LF : CR;
    else if (bytes[next] !== LF) bytes[write++] = LF;
    cr = bytes.indexOf(CR, next);
    const stop = cr === -1 ? end : cr;
    bytes.copyWithin(write, next, stop);
    write += stop - next;
  }
  return write;
}

/** True when the bytes begin with the UTF-8 byte order mark. */
export function startsWithByteOrderMark(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}
