import { describe, expect, it } from 'vitest';
import { parseDurationMs, parseSizeBytes } from './units.js';

describe('parseDurationMs', () => {
  it.each([
    ['0', 0],
    ['250', 250],
    ['1500us', 1],
    ['40ms', 40],
    ['3s', 3000],
    ['2m', 120_000],
    ['2min', 120_000],
    ['1H', 3_600_000],
    [' 1 d ', 86_400_000],
  ])('reads %j as %d ms', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  it.each(['', 's', '-1s', '1.5s', '3 weeks', '1s2s', '99999999999999d'])('refuses %j', (text) => {
    expect(parseDurationMs(text)).toBeUndefined();
  });
});

describe('parseSizeBytes', () => {
  it.each([
    ['0', 0],
    ['100', 100],
    ['100b', 100],
    ['64k', 65_536],
    ['64KB', 65_536],
    ['512m', 536_870_912],
    ['1.5g', 1_610_612_736],
    ['2 tb', 2_199_023_255_552],
    ['1p', 1024 ** 5],
  ])('reads %j as %d bytes', (text, bytes) => {
    expect(parseSizeBytes(text)).toBe(bytes);
  });

  it.each(['', 'k', '-1k', '1x', '1kk', '1 bb', '10p10', '9999p'])('refuses %j', (text) => {
    expect(parseSizeBytes(text)).toBeUndefined();
  });
});
