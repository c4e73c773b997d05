import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import type { BlockWriter } from '@firesteel/codec';
import type { BlockCompression } from '@firesteel/io';
import { onDisk } from '@firesteel/storage';
import {
  FRAME_HEADER_BYTES,
  type Framed,
  type FrameHeader,
  frameBytes,
  storedFrame,
  writeFrameHeader,
} from './frames.js';

const WRITE_BUFFER_BYTES = 1 << 18;

/** Writes blocks to a new file, through a buffer. */
export class FrameFileWriter {
  /** Bytes written, those that wait included. */
  position = 0;
  private readonly file: number;
  private readonly buffer = Buffer.allocUnsafeSlow(WRITE_BUFFER_BYTES);
  private readonly view = new DataView(this.buffer.buffer);
  private waiting = 0;
  private isClosed = false;

  /** @throws FiresteelError LOCAL_DISK_FAILED */
  constructor(
    readonly path: string,
    private readonly compression: BlockCompression,
  ) {
    this.file = onDisk('make', path, () => openSync(path, 'wx', 0o600));
  }

  /** @throws FiresteelError LOCAL_DISK_FAILED, UNSUPPORTED_VALUE */
  append(framed: Framed<BlockWriter>): void {
    const { header, stored } = storedFrame(framed, this.compression);
    this.appendStored(header, stored);
  }

  /** @throws FiresteelError LOCAL_DISK_FAILED */
  appendStored(header: FrameHeader, stored: Uint8Array): void {
    const size = frameBytes(header);
    if (this.waiting + size > WRITE_BUFFER_BYTES) this.flush();
    if (size > WRITE_BUFFER_BYTES) {
      const head = Buffer.alloc(FRAME_HEADER_BYTES);
      writeFrameHeader(new DataView(head.buffer, head.byteOffset), 0, header);
      this.write(head);
      this.write(stored);
      this.write(Buffer.alloc(size - FRAME_HEADER_BYTES - stored.length));
    } else {
      writeFrameHeader(this.view, this.waiting, header);
      const from = this.waiting + FRAME_HEADER_BYTES;
      this.buffer.set(stored, from);
      this.buffer.fill(0, from + stored.length, this.waiting + size);
      this.waiting += size;
    }
    this.position += size;
  }

  /** Appends whole frames as they lie in another file. */
  appendFrames(bytes: Uint8Array): void {
    this.flush();
    this.write(bytes);
    this.position += bytes.length;
  }

  /** Everything appended can be read from the file afterwards. */
  flush(): void {
    const bytes = this.buffer.subarray(0, this.waiting);
    this.waiting = 0;
    this.write(bytes);
  }

  close(): void {
    this.flush();
    this.isClosed = true;
    closeSync(this.file);
  }

  /** Never throws. */
  discard(): void {
    if (!this.isClosed) closeSync(this.file);
    this.isClosed = true;
    rmSync(this.path, { force: true });
  }

  /** A disk that gets full takes a part of what it is given before it fails. */
  private write(bytes: Uint8Array): void {
    const write = () => {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.file, bytes, done);
    };
    onDisk('write', this.path, write, bytes.length);
  }
}
