import { expect, it, vi } from 'vitest';

it.runIf(process.platform === 'linux')(
  'learns the platform once, and asks no name server about peers',
  async () => {
    const report = process.report as typeof process.report & { excludeNetwork: boolean };
    const excluded: boolean[] = [];
    const getReport = vi.spyOn(report, 'getReport').mockImplementation(() => {
      excluded.push(report.excludeNetwork);
      return { header: { glibcVersionRuntime: '2.36' } };
    });
    vi.resetModules();
    const { thisPlatform } = await import('./file-tree.js');
    expect([thisPlatform().libc, thisPlatform().libc]).toEqual(['glibc', 'glibc']);
    expect(excluded).toEqual([true]);
    expect(report.excludeNetwork).toBe(false);
    getReport.mockRestore();
  },
);
