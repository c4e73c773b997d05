/** What differs between two runs of the same conversation: ids, times, ports, processes. */
const incidental = new Set([
  'timestamp',
  'executor_pid',
  'port',
  'pid',
  'start_time',
  'elected_time',
  'registered_time',
  'reregistered_time',
  'unreachable_time',
  'uuid',
  'status_update_uuid',
  'container_id',
  'resource_statistics',
  'checkpoint',
  'offer_constraints',
]);

const uuidText = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Lists whose order says nothing. */
const unordered = new Set([
  'resources',
  'offers',
  'frameworks',
  'weight_infos',
  'executor_ids',
  'total_resources',
  'allocated_resources',
  'tasks',
  'containers',
]);

/** A message with everything incidental masked or left out, as text to compare. */
export function normalised(message: unknown): string {
  return JSON.stringify(normal(message, ''), null, 1);
}

function normal(value: unknown, name: string): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string')
    return value.replaceAll(uuidText, '<uuid>').replace(/-O\d+/g, '-O');
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) {
    const items = value.map((item) => normal(item, name));
    return unordered.has(name)
      ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
      : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value)
    .filter(([key, member]) => !incidental.has(key) && !isEmptyList(member))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, member]) => [key, normal(member, key)]));
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;
