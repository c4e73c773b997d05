import type { BlockWriter } from '@firesteel/codec';
import type { BlockCompression } from '@firesteel/io';
import { FrameFileWriter } from './frame-file.js';
import { type Framed, frameChecksum } from './frames.js';
import { framesInFile, type InputFrame } from './input-frame.js';
import type { OpenFiles } from './open-files.js';

const COPY_BYTES = 1 << 18;

/**
 * What one consumer of memory has written to make room: runs, one behind the other, each with the
 * blocks of a fixed number of partitions.
 */
export class SpillFile {
  /** Of all runs. */
  rowCount = 0;
  private readonly writer: FrameFileWriter;
  /** For each run where its partitions begin, and where the last one ends. */
  private readonly runs: Float64Array[] = [];

  /**
   * @param onWritten is told the bytes of each run
   * @throws FiresteelError LOCAL_DISK_FAILED
   */
  constructor(
    path: string,
    compression: BlockCompression,
    private readonly files: OpenFiles,
    private readonly onWritten: (bytes: number) => void,
  ) {
    this.writer = new FrameFileWriter(path, compression);
  }

  get runCount(): number {
    return this.runs.length;
  }

  /**
   * Writes one run.
   *
   * @throws FiresteelError LOCAL_DISK_FAILED, UNSUPPORTED_VALUE
   */
  writeRun(partitions: Iterable<Iterable<Framed<BlockWriter>>>): void {
    const before = this.writer.position;
    const ends = [before];
    for (const blocks of partitions) {
      for (const framed of blocks) {
        this.writer.append(framed);
        this.rowCount += framed.block.rowCount;
      }
      ends.push(this.writer.position);
    }
    this.writer.flush();
    this.runs.push(Float64Array.from(ends));
    this.onWritten(this.writer.position - before);
  }

  /** Writes a block that belongs to no run, as it is stored, and with a checksum. */
  park(frame: InputFrame): InputFrame {
    const start = this.writer.position;
    const stored = frame.stored();
    const checksum = frame.header.checksum ?? frameChecksum(frame.header, stored);
    this.writer.appendStored({ ...frame.header, checksum }, stored);
    this.writer.flush();
    this.onWritten(this.writer.position - start);
    return [
      ...framesInFile(this.files, this.writer.path, start, this.writer.position),
    ][0] as InputFrame;
  }

  /** The blocks of a partition, run after run. */
  *frames(partition: number): Generator<InputFrame> {
    for (let run = 0; run < this.runs.length; run++) yield* this.framesOfRun(run, partition);
  }

  framesOfRun(run: number, partition: number): Generator<InputFrame> {
    const { start, end } = this.rangeOf(run, partition);
    return framesInFile(this.files, this.writer.path, start, end);
  }

  /** Appends the blocks of a partition to another file, as they are. */
  copyTo(target: FrameFileWriter, partition: number): void {
    for (let run = 0; run < this.runs.length; run++) {
      const { start, end } = this.rangeOf(run, partition);
      for (let at = start; at < end; at += COPY_BYTES)
        target.appendFrames(this.files.read(this.writer.path, at, Math.min(COPY_BYTES, end - at)));
    }
  }

  /** Removes the file; frames of it cannot be opened any more. Never throws. */
  discard(): void {
    this.files.close(this.writer.path);
    this.writer.discard();
  }

  private rangeOf(run: number, partition: number): { start: number; end: number } {
    const ends = this.runs[run] as Float64Array;
    return { start: ends[partition] as number, end: ends[partition + 1] as number };
  }
}
