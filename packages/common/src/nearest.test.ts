import { expect, it } from 'vitest';
import { didYouMean, nearest } from './nearest.js';

it('finds the nearest candidate', () => {
  expect(nearest('submti', ['shell', 'submit'])).toBe('submit');
  expect(nearest('MASTER', ['master', 'name'])).toBe('master');
  expect(nearest('zzz', ['master', 'name'])).toBeUndefined();
});

it('counts a swap of neighbours as one edit', () => {
  expect(nearest('ba', ['cc', 'ab'])).toBe('ab');
});

it('makes a sentence or nothing', () => {
  expect(didYouMean('--mastr', ['--master'])).toBe(' Did you mean "--master"?');
  expect(didYouMean('--q', ['--properties-file'])).toBe('');
});
