import type { MemoryConsumer } from '@firesteel/storage';
import type { InputFrame } from '../files/input-frame.js';
import type { SpillFile } from '../files/spill-file.js';
import type { TaskSpace } from '../files/task-space.js';

/**
 * Blocks that have to stay until all are there. Those that came from other executors take memory
 * of this task; when there is none for them, they are parked on disk.
 */
export class HeldFrames {
  readonly frames: InputFrame[] = [];
  private readonly memory: MemoryConsumer;
  private heldBytes = 0;
  private spill: SpillFile | undefined;

  constructor(private readonly space: TaskSpace) {
    this.memory = space.memory.consumer();
  }

  add(frame: InputFrame): void {
    this.frames.push(frame);
    if (frame.heldBytes === 0) return;
    this.heldBytes += frame.heldBytes;
    if (!this.memory.holds(this.heldBytes)) this.park();
  }

  private park(): void {
    this.spill ??= this.space.openSpill();
    for (const [i, frame] of this.frames.entries())
      if (frame.heldBytes > 0) this.frames[i] = this.spill.park(frame);
    this.space.memory.noteSpill(this.heldBytes, 0);
    this.heldBytes = 0;
    this.memory.release();
  }
}
