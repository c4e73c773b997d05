/** Strings of ASCII where they lie: string `i` from `starts[i]` to before `starts[i + 1]`. */
export interface AsciiStrings {
  readonly view: DataView;
  readonly starts: Int32Array;
}

/** The same with a newline at the end of each, at `starts[i + 1] - 1`, that is no part of it. */
export interface AsciiLines extends AsciiStrings {
  readonly length: number;
}

/**
 * Copies ASCII text. For the length of a line this takes a third of what methods of typed arrays
 * do. It goes by doubles, which keep their bits: no eight bytes of ASCII are a NaN.
 */
export function copyAscii(
  source: DataView,
  from: number,
  target: DataView,
  to: number,
  length: number,
): void {
  if (length < 8) {
    for (let i = 0; i < length; i++) target.setUint8(to + i, source.getUint8(from + i));
    return;
  }
  const last = length - 8;
  for (let i = 0; i < last; i += 8)
    target.setFloat64(to + i, source.getFloat64(from + i, true), true);
  target.setFloat64(to + last, source.getFloat64(from + last, true), true);
}

export function asciiString(view: DataView, at: number, length: number): string {
  return bufferOf(view, at, length).toString('latin1');
}

/** The lines as strings, decoded all at once. */
export function lineStrings({ view, starts, length }: AsciiLines): string[] {
  const first = starts[0] as number;
  const text = asciiString(view, first, (starts[length] as number) - first);
  const strings: string[] = [];
  for (let i = 0; i < length; i++)
    strings.push(
      text.substring((starts[i] as number) - first, (starts[i + 1] as number) - 1 - first),
    );
  return strings;
}

function bufferOf(view: DataView, at: number, length: number): Buffer {
  return Buffer.from(view.buffer as ArrayBuffer, view.byteOffset + at, length);
}

/** Collects lines, one behind the other; `clear` keeps the memory for the next ones. */
export class AsciiLinesBuilder implements AsciiLines {
  length = 0;
  view: DataView;
  starts: Int32Array;
  private end = 0;

  constructor(lines: number, bytes: number) {
    this.view = viewOf(bytes);
    this.starts = new Int32Array(lines + 1);
  }

  add(source: DataView, from: number, length: number): void {
    const { end } = this;
    const next = end + length + 1;
    if (next > this.view.byteLength) this.growText(next);
    if (this.length + 1 === this.starts.length) this.growStarts();
    copyAscii(source, from, this.view, end, length);
    this.view.setUint8(next - 1, NEWLINE);
    this.starts[++this.length] = next;
    this.end = next;
  }

  clear(): void {
    this.length = 0;
    this.end = 0;
  }

  private growText(needed: number): void {
    const old = bufferOf(this.view, 0, this.end);
    this.view = viewOf(Math.max(needed, 2 * this.view.byteLength));
    bufferOf(this.view, 0, old.length).set(old);
  }

  private growStarts(): void {
    const old = this.starts;
    this.starts = new Int32Array(2 * old.length);
    this.starts.set(old);
  }
}

const NEWLINE = 10;

function viewOf(bytes: number): DataView {
  return new DataView(Buffer.allocUnsafeSlow(bytes).buffer);
}
