import { availableParallelism } from 'node:os';
import { FiresteelError } from '../errors.js';
import { nearest } from '../nearest.js';

/** A master string that was understood. */
export interface LocalMaster {
  readonly kind: 'local';
  /** Tasks that run at the same time, each on a thread of its own. */
  readonly slots: number;
  /** How often a task may fail before its job fails; 1 means no retry. */
  readonly maxTaskFailures: number;
}

const forms = 'local, local[N], local[*], local[N,F] or local[*,F]';
const later: readonly (readonly [RegExp, string])[] = [
  [/^local-cluster\b/i, 'local clusters of executor processes'],
  [/^mesos(:|$)/i, 'Apache Mesos'],
  [/^spark:/i, 'Spark standalone clusters'],
  [/^yarn\b/i, 'YARN'],
  [/^k8s:/i, 'Kubernetes'],
];

/**
 * Reads a master string. `local` has one slot, `local[N]` N slots, `local[*]` one per logical
 * processor; tasks are not retried, unless `F`, the number of failures allowed, follows.
 * @throws FiresteelError INVALID_MASTER for anything else.
 */
export function parseMaster(text: string): LocalMaster {
  const match = /^local(?:\[\s*(\d+|\*)\s*(?:,\s*(\d+)\s*)?\])?$/.exec(text.trim());
  if (match === null) throw invalidMaster(text, reasonAndAdvice(text));
  const slots = match[1] === undefined ? 1 : match[1] === '*' ? availableParallelism() : +match[1];
  const maxTaskFailures = match[2] === undefined ? 1 : +match[2];
  if (slots < 1 || slots > 1024)
    throw invalidMaster(text, `The number of slots must be 1 to 1024, but it is ${match[1]}.`);
  if (maxTaskFailures < 1)
    throw invalidMaster(text, 'The number of allowed failures of a task must be at least 1.');
  return { kind: 'local', slots, maxTaskFailures };
}

function invalidMaster(master: string, advice: string): FiresteelError {
  return new FiresteelError(
    'INVALID_MASTER',
    `The master ${JSON.stringify(master)} is not understood. ${advice}`,
    { data: { master } },
  );
}

function reasonAndAdvice(text: string): string {
  const trimmed = text.trim();
  for (const [shape, what] of later) {
    if (shape.test(trimmed))
      return `This release has no support for ${what}; it runs on one machine. Use ${forms}.`;
  }
  const number = /\d+/.exec(trimmed)?.[0];
  const candidates = ['local', 'local[*]', 'local[*,4]'];
  if (number !== undefined) candidates.unshift(`local[${number}]`);
  const hit = nearest(trimmed.replaceAll(/[({<]/g, '[').replaceAll(/[)}>]/g, ']'), candidates);
  return hit === undefined ? `Use ${forms}.` : `Did you mean ${JSON.stringify(hit)}? Use ${forms}.`;
}
