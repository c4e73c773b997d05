import { mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onEveryMaster } from './backends.js';
import { EventLog } from './events.js';
import { expectNoUnhandledRejections, failure } from './rejection.js';
import { Scratch } from './scratch.js';

expectNoUnhandledRejections();

describe('textFile', () => {
  const scratch = new Scratch();

  onEveryMaster('text input', (sc) => {
    it('reads a file, relative to the working directory too', async () => {
      const file = scratch.file('one\ntwo\n\nfour\n');
      const lines = sc().textFile(file);
      expect(await lines.collect()).toEqual(['one', 'two', '', 'four']);
      expect(lines.name).toBe(file);
      expect(await sc().textFile('package.json').first()).toBe('{');
    });

    it('reads the files of a directory by name, without hidden ones', async () => {
      const directory = scratch.directory({
        'b.txt': 'b\n',
        'a.txt': 'a',
        _SUCCESS: 'hidden\n',
        '.crc': 'hidden\n',
      });
      expect(await sc().textFile(directory).collect()).toEqual(['a', 'b']);
    });

    it('reads globs and comma separated lists', async () => {
      const directory = scratch.directory({ 'a.log': 'a\n', 'b.log': 'b\n', 'c.txt': 'c\n' });
      expect(await sc().textFile(join(directory, '*.log')).collect()).toEqual(['a', 'b']);
      expect(await sc().textFile(join(directory, '{c,a}.*')).collect()).toEqual(['a', 'c']);
      const list = `${join(directory, 'c.txt')},${join(directory, '*.log')}`;
      expect(await sc().textFile(list).collect()).toEqual(['c', 'a', 'b']);
    });

    it('decompresses gzip, of several members too, in one partition per file', async () => {
      const directory = scratch.directory({
        'a.gz': gzipSync('one\r\ntwo'),
        'b.txt.gz': Buffer.concat([gzipSync('three\nfo'), gzipSync('ur\n')]),
        'c.txt': 'five',
      });
      const lines = sc().textFile(directory, 1);
      expect(await lines.collect()).toEqual(['one', 'two', 'three', 'four', 'five']);
      expect(await sc().textFile(join(directory, '*.gz'), 10).getNumPartitions()).toBe(2);
    });

    it('gives at least minPartitions of a file that is long enough', async () => {
      const file = scratch.file('0123456789\n'.repeat(1000));
      for (const n of [1, 2, 7]) {
        const lines = sc().textFile(file, { minPartitions: n });
        expect(await lines.getNumPartitions()).toBeGreaterThanOrEqual(n);
        expect(await lines.count()).toBe(1000);
      }
      expect(await sc().textFile(file).getNumPartitions()).toBe(
        Math.min(sc().defaultParallelism, 2),
      );
    });

    it('splits at LF, CRLF and CR, and takes a last line without terminator', async () => {
      const file = scratch.file('a\r\nb\nc\rd\r\n\r\ne');
      for (let n = 1; n <= 16; n++)
        expect(await sc().textFile(file, n).collect()).toEqual(['a', 'b', 'c', 'd', '', 'e']);
    });

    it('drops a byte order mark at the start of a file only', async () => {
      const directory = scratch.directory({ a: '\ufefffirst\n\ufeffsecond', b: '\ufeff', c: 'x' });
      expect(await sc().textFile(directory, 1).collect()).toEqual(['first', '\ufeffsecond', 'x']);
    });

    it('replaces bytes that are not UTF-8', async () => {
      const file = scratch.file(Buffer.from([0x61, 0xff, 0x62, 0x0a, 0xc3, 0x0a, 0xe2, 0x82]));
      expect(await sc().textFile(file, 1).collect()).toEqual(['a\ufffdb', '\ufffd', '\ufffd']);
    });

    it('reads empty files as no lines', async () => {
      const directory = scratch.directory({ a: '', b: 'x\n', c: '' });
      expect(await sc().textFile(directory).collect()).toEqual(['x']);
      expect(await sc().textFile(join(directory, 'a')).count()).toBe(0);
    });

    it('neither loses nor doubles a line, wherever files are cut', async () => {
      const line = fc.oneof(
        fc.string({ maxLength: 12 }),
        fc.constantFrom('', 'ÿ', '漢字', '😀😀😀', 'x'.repeat(300)),
      );
      const end = fc.constantFrom('\n', '\r\n', '\r');
      const text = fc.array(fc.tuple(line, end), { maxLength: 40 });
      await fc.assert(
        fc.asyncProperty(text, line, fc.integer({ min: 1, max: 60 }), async (lines, last, n) => {
          const content = lines.map(([words, ending]) => words + ending).join('') + last;
          const expected = content.split(/\r\n|\n|\r/);
          if (expected.at(-1) === '') expected.pop();
          const file = scratch.file(content.replace(/^\ufeff/, ''));
          if (expected[0]?.startsWith('\ufeff')) return;
          expect(await sc().textFile(file, n).collect()).toEqual(expected);
        }),
        { numRuns: 30 },
      );
    });

    it('reads long texts with the same lines however many splits there are', async () => {
      const lines = Array.from({ length: 20_000 }, (_, i) => `${i} ${'word '.repeat(i % 17)}é`);
      const file = scratch.file(lines.join('\n'));
      for (const n of [1, 3, 50]) expect(await sc().textFile(file, n).collect()).toEqual(lines);
    });

    it('looks for files when a job runs, not when it is defined', async () => {
      const file = scratch.fresh('later');
      const lines = sc()
        .textFile(file)
        .map((line) => line.length);
      writeFileSync(file, 'here now\n');
      expect(await lines.collect()).toEqual([8]);
    });

    it('rejects actions on missing paths, naming the path', async () => {
      const directory = scratch.directory({ 'a.txt': 'a' });
      const missing = sc().textFile(join(directory, 'missing.txt'));
      using log = new EventLog(sc());
      for (const action of [
        missing.collect(),
        missing.take(1),
        missing.getNumPartitions(),
        missing
          .map((line): [string, number] => [line, 1])
          .reduceByKey((a, b) => a + b)
          .count(),
      ]) {
        const error = await failure(action);
        expect(error.code).toBe('PATH_NOT_FOUND');
        expect(error.message).toContain('missing.txt');
      }
      expect((await failure(sc().textFile(join(directory, '*.log')).count())).code).toBe(
        'PATH_EMPTY',
      );
      expect(
        await failure(
          sc()
            .textFile(`${join(directory, 'a.txt')},${directory}/b`)
            .count(),
        ),
      ).toMatchObject({ code: 'PATH_NOT_FOUND' });
      expect(log.of('taskStart')).toEqual([]);
    });

    it('rejects actions on directories without files', async () => {
      const empty = scratch.directory({});
      const hidden = scratch.directory({ _SUCCESS: '', '.x': '' });
      expect((await failure(sc().textFile(empty).count())).code).toBe('PATH_EMPTY');
      expect((await failure(sc().textFile(hidden).first())).code).toBe('PATH_EMPTY');
    });

    it('rejects actions on what cannot be read', async () => {
      const nested = scratch.directory({ 'a.txt': 'a', 'inner/b.txt': 'b' });
      const error = await failure(sc().textFile(nested).count());
      expect(error.code).toBe('PATH_NOT_READABLE');
      expect(error.message).toContain('inner');
      const loop = scratch.fresh('loop');
      symlinkSync(loop, loop);
      expect((await failure(sc().textFile(loop).count())).code).toBe('PATH_NOT_READABLE');
    });

    it('rejects when a listed file is gone or replaced by a directory', async () => {
      const file = scratch.file('a\nb\n');
      const lines = sc().textFile(file);
      expect(await lines.count()).toBe(2);
      unlinkSync(file);
      expect((await failure(lines.count())).code).toBe('PATH_NOT_FOUND');
      mkdirSync(file);
      expect((await failure(lines.count())).code).toBe('PATH_NOT_READABLE');
    });

    it('rejects corrupt gzip with the file, at once', async () => {
      const bytes = gzipSync('line\n'.repeat(5000));
      const flipped = Buffer.from(bytes);
      flipped[bytes.length - 6] = (flipped[bytes.length - 6] as number) ^ 0xff;
      for (const content of [
        bytes.subarray(0, bytes.length - 12),
        flipped,
        Buffer.from('this is no gzip at all'),
      ]) {
        const file = scratch.file(content, 'broken.gz');
        using log = new EventLog(sc());
        const error = await failure(sc().textFile(file).count());
        expect(error.code).toBe('CORRUPT_INPUT');
        expect(error.message).toContain('broken.gz');
        const [stage] = log.of('stageSubmitted');
        expect(log.of('taskEnd').filter(({ stageId }) => stageId === stage?.stageId)).toHaveLength(
          1,
        );
      }
    });

    it('rejects arguments out of their domain at definition', async () => {
      const invalid = { code: 'INVALID_ARGUMENT' };
      for (const path of ['', '  ', undefined, 7])
        expect(() => sc().textFile(path as string)).toThrowError(expect.objectContaining(invalid));
      for (const n of [0, -1, 1.5, Number.NaN])
        expect(() => sc().textFile('x', n)).toThrowError(expect.objectContaining(invalid));
    });
  });
});
