import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { onEveryMaster } from './backends.js';

const shell = (script: string) => ['sh', '-c', script];

onEveryMaster('pipe', (sc) => {
  const ten = () => sc().range(0, 10, 1, 3);

  it('gives a command the rows of each partition as lines, and takes its lines', async () => {
    const sums = ten().pipe(shell('n=0; while read x; do n=$((n + x)); done; echo $n'));
    expect(await sums.collect()).toEqual(['3', '12', '30']);
    expect(await sc().parallelize<number>([], 2).pipe('wc -l').map(Number).collect()).toEqual([
      0, 0,
    ]);
  });

  it('sets variables, prints context and rows as it is told, never by a shell', async () => {
    const printed = sc()
      .parallelize(['a', 'b'], 1)
      .pipe('cat', {
        printPipeContext: (print) => print('context'),
        printRDDElement: (row, print) => {
          print(row);
          print(`${row}!`);
        },
      });
    expect(await printed.collect()).toEqual(['context', 'a', 'a!', 'b', 'b!']);
    const env = ten()
      .coalesce(1)
      .pipe(['printenv', 'FIRESTEEL_PIPED'], {
        env: { FIRESTEEL_PIPED: 'by hand' },
      });
    expect(await env.collect()).toEqual(['by hand']);
    expect(await ten().coalesce(1).pipe('echo $HOME;ls').collect()).toEqual(['$HOME;ls']);
  });

  it('names the input file of the partition', async () => {
    const path = new URL(import.meta.url).pathname;
    const names = await sc().textFile(path, 1).pipe(['printenv', 'map_input_file']).collect();
    expect(names[0]).toContain('pipe.test.ts');
  });

  it('runs each command in a directory of its own', async () => {
    const pwd = shell('cat > rows; test -e package.json || test -e stderr && pwd');
    const directories = await ten().pipe(pwd, { separateWorkingDir: true }).collect();
    expect(new Set(directories).size).toBe(3);
    const temporary = realpathSync(tmpdir());
    for (const directory of directories) {
      expect(directory).toContain(temporary);
      expect(() => realpathSync(directory)).toThrow('ENOENT');
    }
  });

  it('reads only as much as the command takes, and the command only as much as is used', async () => {
    const many = sc().range(0, 1_000_000, 1, 2);
    expect(await many.pipe('head -n 1').collect()).toEqual(['0', '500000']);
    expect(await many.pipe('cat').take(2)).toEqual(['0', '1']);
    expect(await ten().pipe('yes').take(2)).toEqual(['y', 'y']);
    expect(await many.pipe('cat').map(Number).sum()).toBe(499_999_500_000);
  });

  it('fails when the command does, and with the error of rows that fail', async () => {
    await expect(ten().pipe(shell('cat; exit 3')).collect()).rejects.toMatchObject({
      code: 'PIPE_FAILED',
      message: expect.stringContaining('status 3'),
    });
    await expect(ten().pipe('no-such-command').count()).rejects.toMatchObject({
      code: 'PIPE_FAILED',
      message: expect.stringContaining('ENOENT'),
    });
    const failing = ten().map((x) => {
      if (x === 5) throw new RangeError('five');
      return x;
    });
    await expect(failing.pipe('cat').collect()).rejects.toThrow('five');
    expect(() => ten().pipe(' ')).toThrow(/command of pipe/);
    expect(() => ten().pipe('cat', { encoding: 'ebcdic' as 'utf8' })).toThrow(/encoding of pipe/);
  });

  it('ends its command when the job is cancelled', async () => {
    const job = ten().pipe('sleep 1000').collect();
    await new Promise<void>((resolve) => {
      sc().events.on('taskStart', () => resolve());
    });
    job.cancel();
    await expect(job).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
    // The slot is free again, so the command is gone.
    expect(await ten().count()).toBe(10);
  });
});
