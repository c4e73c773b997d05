import { readFileSync } from 'node:fs';
import { configEntries, configKeys, environmentName, errorCodes } from '@firesteel/common';
import { expect, it } from 'vitest';

/** The body rows of the only table of a page. */
function rowsOf(page: string): string[] {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  return text.split('\n').filter((line) => line.startsWith('| `'));
}

it('docs/errors.md lists the catalogue of error codes', () => {
  const expected = Object.entries(errorCodes).map(([code, what]) => `| \`${code}\` | ${what} |`);
  expect(rowsOf('errors.md')).toEqual(expected);
});

it('docs/configuration.md lists the table of configuration keys', () => {
  const expected = configKeys.map((key) => {
    const { type, defaultText, doc } = configEntries[key];
    const shownDefault = defaultText === undefined ? '–' : `\`${defaultText}\``;
    return `| \`${key}\` | ${type.form} | ${shownDefault} | \`${environmentName(key)}\` | ${doc} |`;
  });
  expect(rowsOf('configuration.md')).toEqual(expected);
});
