const durationUnitMs: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const sizeUnitBytes: Readonly<Record<string, number>> = {
  b: 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
  p: 1024 ** 5,
};

/**
 * Milliseconds of a duration such as `500ms`, `3s`, `2min`, `1h`; a bare number is in
 * milliseconds. Suffixes as in Spark: us, ms, s, m, min, h, d. Undefined if it is no duration.
 */
export function parseDurationMs(text: string): number | undefined {
  return parseQuantity(text, /^(\d+)\s*(us|ms|s|m|min|h|d)?$/i, durationUnitMs, 'ms');
}

/**
 * Bytes of a size such as `64k`, `512m`, `1.5g`, `1gb`; a bare number is in bytes and units are
 * powers of 1024. Suffixes as in Spark: b, k, m, g, t, p, each with or without a `b`. Undefined
 * if it is no size.
 */
export function parseSizeBytes(text: string): number | undefined {
  return parseQuantity(text, /^(\d+(?:\.\d+)?)\s*(?:([kmgtp])b?|(?:b))?$/i, sizeUnitBytes, 'b');
}

function parseQuantity(
  text: string,
  shape: RegExp,
  units: Readonly<Record<string, number>>,
  defaultUnit: string,
): number | undefined {
  const match = shape.exec(text.trim());
  if (match === null) return undefined;
  const scale = units[(match[2] ?? defaultUnit).toLowerCase()] as number;
  const value = Math.floor(Number(match[1]) * scale);
  return Number.isSafeInteger(value) ? value : undefined;
}
