/** Roles form a tree: `eng/backend` lies below `eng`. */

/** Whether `role` is `ancestor` or lies below it. */
export function isWithin(role: string, ancestor: string): boolean {
  return role === ancestor || role.startsWith(`${ancestor}/`);
}

export const topOf = (role: string): string => role.split('/')[0]!;
