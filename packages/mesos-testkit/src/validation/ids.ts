const maxIdBytes = 255;

/** Why an id of a task, executor, framework or volume is refused; undefined if it is fine. */
export function idError(id: string): string | undefined {
  if (id === '') return 'ID must not be empty';
  if (Buffer.byteLength(id) > maxIdBytes) {
    return `ID must not be greater than ${maxIdBytes} characters`;
  }
  // Ids become names of directories.
  if (id === '.' || id === '..') return `'${id}' is disallowed`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are forbidden
  return /[\u0000-\u001f\u007f/\\]/.test(id) ? `'${id}' contains invalid characters` : undefined;
}
