import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { JobDirectory } from '../cli/cli.js';

const directory = fileURLToPath(new URL('../../examples', import.meta.url));

/** What each example prints, among other lines, when it runs without arguments. */
const expected: Readonly<Record<string, RegExp>> = {
  'async-enrichment.ts': /^40 {2}Tokyo$[\s\S]*: true$/m,
  'csv.ts': /^ +980\.50 {2}Bern$[\s\S]*^ +65 {2}filter papers$/m,
  'inverted-index.ts': /^about: access\.log 13, links\.txt 2$/m,
  'k-means.ts': /^after \d+ iterations:\n(?: {2}\(\d0\.\d\d, \d0\.\d\d\)\n){4}$/,
  'log-analysis.ts': /^240 requests, 2 lines in another format$[\s\S]*^ +10 {2}\/api\/search$/m,
  'logistic-regression.ts': /^99\.\d % of the points lie on their side$/m,
  'pagerank.ts': /^2\.9138 {2}home$/m,
  'pi.ts': /^π is roughly 3\.1\d+$/m,
  'transitive-closure.ts': /^Bern: Basel, Chur, St\. Moritz, Tirano, Zürich$/m,
  'wordcount.ts': /^ *\d+ {2}the$/m,
};

describe('each example', () => {
  const files = readdirSync(directory).filter((name) => name.endsWith('.ts'));

  it('is known to this test', () => {
    expect(files.map((file) => basename(file)).sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(Object.entries(expected))('%s runs and prints its result', async (file, output) => {
    using job = new JobDirectory();
    const { code, stdout, stderr } = await job.run(['submit', '--quiet', `${directory}/${file}`]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(output);
  });
});
