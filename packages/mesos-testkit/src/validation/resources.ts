import type { Resource } from '@firesteel/mesos-protocol';
import { withStack } from '../resources/formats.js';
import { resourceText } from '../resources/text.js';
import { roleError } from './roles.js';

/** Why a list of resources is not well-formed; undefined if it is. */
export function resourcesError(resources: readonly Resource[]): string | undefined {
  const withOld = resources.some(({ reservation, role }) => reservation ?? (role && role !== '*'));
  if (withOld && resources.some(({ reservations }) => reservations !== undefined)) {
    return 'Resources with both the old and the new format of reservations are invalid';
  }
  for (const resource of resources) {
    const error = resourceError(resource);
    if (error !== undefined) {
      return `Resource '${resourceText(withStack(resource))}' is invalid: ${error}`;
    }
  }
  return undefined;
}

function resourceError(resource: Resource): string | undefined {
  if (resource.name === '') return 'Empty resource name';
  return amountError(resource) ?? reservationError(resource) ?? diskError(resource);
}

function amountError({ name, type, scalar, ranges, set }: Resource): string | undefined {
  switch (type) {
    case 'SCALAR': {
      if (scalar === undefined || ranges !== undefined || set !== undefined) {
        return 'Invalid scalar resource';
      }
      const { value } = scalar;
      if (value < 0 || (value !== 0 && Math.round(value * 1000) === 0)) {
        return 'Invalid scalar resource: value <= 0';
      }
      return name === 'gpus' && !Number.isInteger(value)
        ? "The 'gpus' resource must be an unsigned integer"
        : undefined;
    }
    case 'RANGES': {
      if (scalar !== undefined || ranges === undefined || set !== undefined) {
        return 'Invalid ranges resource';
      }
      const ordered = [...(ranges.range ?? [])].sort((a, b) => (a.begin < b.begin ? -1 : 1));
      if (ordered.some(({ begin, end }) => begin > end)) {
        return 'Invalid ranges resource: begin > end';
      }
      return ordered.some(({ begin }, i) => i > 0 && begin <= ordered[i - 1]!.end)
        ? 'Invalid ranges resource: overlapping ranges'
        : undefined;
    }
    case 'SET': {
      if (scalar !== undefined || ranges !== undefined || set === undefined) {
        return 'Invalid set resource';
      }
      const items = set.item ?? [];
      return new Set(items).size < items.length
        ? 'Invalid set resource: duplicated elements'
        : undefined;
    }
    default:
      return 'Unsupported resource type';
  }
}

function reservationError(resource: Resource): string | undefined {
  const stack = withStack(resource).reservations ?? [];
  for (const [depth, { role, type }] of stack.entries()) {
    if (role === undefined || type === undefined) {
      return "Invalid reservation: 'type' and 'role' must be set";
    }
    if (role === '*') return 'Invalid reservation: role "*" cannot be reserved';
    const error = roleError(role);
    if (error !== undefined) return `Invalid reservation: ${error}`;
    if (depth > 0 && type === 'STATIC') {
      return 'A refined reservation must be dynamic';
    }
    if (depth > 0 && !role.startsWith(`${stack[depth - 1]!.role}/`)) {
      return 'A refined reservation must be for a sub-role of the one below it';
    }
  }
  return resource.revocable !== undefined && stack.some(({ type }) => type === 'DYNAMIC')
    ? 'Invalid resource: revocable resources cannot be dynamically reserved'
    : undefined;
}

function diskError({ name, disk, shared }: Resource): string | undefined {
  if (disk !== undefined && name !== 'disk') {
    return 'DiskInfo should not be set for a resource that is not disk';
  }
  return shared !== undefined && disk?.persistence === undefined
    ? 'Only persistent volumes can be shared'
    : undefined;
}

/** Why resources may not be used together by one task; undefined if they may. */
export function togetherError(resources: readonly Resource[]): string | undefined {
  const roles = new Set(resources.map(({ allocation_info }) => allocation_info?.role));
  if (roles.size > 1) return 'The resources have multiple allocation roles';
  const volumes = resources.flatMap(({ disk }) => disk?.persistence?.id ?? []);
  if (new Set(volumes).size < volumes.length) {
    return 'Persistence IDs of volumes must be unique';
  }
  for (const name of new Set(resources.map((resource) => resource.name))) {
    const kinds = new Set(
      resources.filter((r) => r.name === name).map(({ revocable }) => revocable !== undefined),
    );
    if (kinds.size > 1)
      return `Cannot use both revocable and non-revocable '${name}' at the same time`;
  }
  return undefined;
}
