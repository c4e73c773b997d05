/** What a typed array, DataView or Buffer is a window on. */
export interface ViewParts {
  /** The name of its class. */
  readonly type: string;
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  readonly byteOffset: number;
  /** In elements. */
  readonly length: number;
}

export function viewParts(view: ArrayBufferView): ViewParts {
  const { byteLength } = view;
  const isDataView = view instanceof DataView;
  const length = isDataView ? byteLength : (view as Uint8Array).length;
  if (!Buffer.isBuffer(view)) {
    const type = isDataView ? 'DataView' : ((view as Uint8Array)[Symbol.toStringTag] as string);
    return { type, buffer: view.buffer, byteOffset: view.byteOffset, length };
  }
  let { buffer, byteOffset } = view as Uint8Array;
  // Small Buffers are windows on a pool that holds other people's bytes.
  if (buffer.byteLength === Buffer.poolSize) {
    buffer = buffer.slice(byteOffset, byteOffset + byteLength);
    byteOffset = 0;
  }
  return { type: 'Buffer', buffer, byteOffset, length };
}
