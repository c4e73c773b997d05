import { deserialize } from 'node:v8';
import { FiresteelError } from '@firesteel/common';
import type { ValueHead } from './capture-value.js';
import type { Graph } from './graph.js';
import { decodePlainData } from './plain-data.js';
import { reviveGraph } from './revive.js';
import { RevivedMemory } from './shared-memory.js';

/**
 * Makes the value of a `captureValue` in this thread. Its large typed arrays are windows on
 * `parts`: whoever writes to them writes for all threads of the process.
 *
 * @throws FiresteelError `CLOSURE_REVIVE_FAILED` as `reviveClosures` does
 */
export async function reviveValue(parts: readonly SharedArrayBuffer[]): Promise<unknown> {
  const [headBytes, bodyBytes, ...buffers] = parts;
  if (headBytes === undefined || bodyBytes === undefined)
    throw new FiresteelError('CLOSURE_REVIVE_FAILED', 'The bytes of a value are incomplete.');
  const head = deserialize(new Uint8Array(headBytes)) as ValueHead;
  const memory = new RevivedMemory(head.spans, buffers);
  const body = new Uint8Array(bodyBytes);
  if (head.format === 'data') return decodePlainData(body, memory);
  const [value] = await reviveGraph(deserialize(body) as Graph, memory);
  return value;
}
