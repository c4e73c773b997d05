import type { MapOutput } from '@firesteel/plan';
import { describe, expect, it } from 'vitest';
import { MapOutputEpoch, MapOutputs } from './map-output-tracker.js';

function output(mapPartition: number): MapOutput {
  return {
    shuffleId: 1,
    mapPartition,
    location: { kind: 'memory', buffer: new SharedArrayBuffer(0) },
    offsets: new Float64Array([0, 0]),
    rowCount: 0,
  };
}

describe('MapOutputs', () => {
  it('is complete when published, in map partition order', () => {
    const outputs = new MapOutputs(2, new MapOutputEpoch());
    outputs.register(output(1));
    expect(outputs.missing()).toEqual([0]);
    outputs.register(output(0));
    expect([outputs.missingCount, outputs.complete]).toEqual([0, false]);
    expect(outputs.publish().map((o) => o.mapPartition)).toEqual([0, 1]);
    expect(outputs.complete).toBe(true);
  });

  it('drops what a reader could see, but not what was published after its launch', () => {
    const epoch = new MapOutputEpoch();
    const outputs = new MapOutputs(2, epoch);
    outputs.register(output(0));
    outputs.register(output(1));
    outputs.publish();
    const seen = epoch.current;
    expect(outputs.drop(0, seen)).toBe(true);
    expect([outputs.complete, outputs.missing()]).toEqual([false, [0]]);

    outputs.register(output(0));
    expect(outputs.drop(0, epoch.current)).toBe(false);
    outputs.publish();
    expect(outputs.drop(0, seen)).toBe(false);
    expect(outputs.complete).toBe(true);
    // The other output is the one that the old reader saw.
    expect(outputs.drop(1, seen)).toBe(true);
    expect(outputs.drop(0, epoch.current)).toBe(true);
  });

  it('is not complete without partitions before it was published', () => {
    const outputs = new MapOutputs(0, new MapOutputEpoch());
    expect(outputs.complete).toBe(false);
    expect(outputs.publish()).toEqual([]);
    expect(outputs.complete).toBe(true);
  });
});
