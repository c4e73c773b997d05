import type { MapOutput } from '@firesteel/plan';

/** The bytes of a reduce partition in an output that lies in the memory of this process. */
export function localBlock(output: MapOutput, partition: number): Uint8Array | undefined {
  const { location, offsets } = output;
  const start = offsets[partition];
  const end = offsets[partition + 1];
  if (location.kind !== 'memory' || start === undefined || end === undefined) return undefined;
  return new Uint8Array(location.buffer, start, end - start);
}
