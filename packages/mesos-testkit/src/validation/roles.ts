/** Why a role name is refused; undefined if it is fine. */
export function roleError(role: string): string | undefined {
  if (role === '*') return undefined;
  if (role === '') return 'Empty role name is invalid';
  const refused = (why: string): string => `Role '${role}' ${why}`;
  if (role.startsWith('/')) return refused('cannot start with a slash');
  if (role.endsWith('/')) return refused('cannot end with a slash');
  if (role.includes('//')) return refused('cannot contain two adjacent slashes');
  for (const component of role.split('/')) {
    if (['.', '..', '*'].includes(component)) return refused(`cannot contain '${component}'`);
    if (component.startsWith('-')) return refused('cannot start with a dash');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: backspace is forbidden by name
    if (/[\s\u0008]/.test(component)) return refused('cannot contain backspace or whitespace');
  }
  return undefined;
}
