import { type Delivery, type ExecutorCommand, locationsOf } from '@firesteel/plan';

/** What goes to an executor in place of a delivery: places instead of outputs, bytes to copy. */
export function portable(delivery: Delivery): ExecutorCommand {
  switch (delivery.kind) {
    case 'shuffle': {
      const { shuffleId, outputs } = delivery;
      return { kind: 'shuffle', shuffleId, outputs: locationsOf(outputs) };
    }
    case 'broadcast': {
      const { id, parts } = delivery.payload;
      return { kind: 'broadcast', id, parts: parts.map((part) => new Uint8Array(part)) };
    }
    default:
      return delivery;
  }
}
