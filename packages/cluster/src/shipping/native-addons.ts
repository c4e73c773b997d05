import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FiresteelError } from '@firesteel/common';
import { type FileTree, type Platform, thisPlatform } from '@firesteel/plan';

/** What the header of a native add-on says that it was built for. */
interface AddonTarget {
  readonly os: string;
  readonly archs: readonly string[];
}

/** `e_machine` of ELF, `Machine` of PE and `cputype` of Mach-O headers, as Node names them. */
const ELF: Readonly<Record<number, string>> = {
  3: 'ia32',
  8: 'mips',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
};
const PE: Readonly<Record<number, string>> = { 332: 'ia32', 34404: 'x64', 43620: 'arm64' };
const MACH_O: Readonly<Record<number, string>> = { 16777223: 'x64', 16777228: 'arm64' };

/**
 * Whether the native add-ons of a package can be loaded on a platform: it has none, or one of them
 * fits. Those that were installed for this process fit processes like it.
 */
export function addonsFit(directory: string, { files }: FileTree, platform: Platform): boolean {
  const addons = files.filter(({ path }) => path.endsWith('.node'));
  if (addons.length === 0 || isLikeThis(platform)) return true;
  return addons.some(({ path }) => addonFits(readFileSync(join(directory, path)), platform));
}

function isLikeThis({ os, arch, abi, libc }: Platform): boolean {
  const own = thisPlatform();
  return os === own.os && arch === own.arch && abi === own.abi && libc === own.libc;
}

/** @param bytes of a `.node` file */
export function addonFits(bytes: Buffer, { os, arch, abi, libc }: Platform): boolean {
  const target = targetOf(bytes);
  if (target === undefined || target.os !== os || !target.archs.includes(arch)) return false;
  if (os === 'linux') {
    if (bytes.includes('libc.musl-') && libc !== 'musl') return false;
    if (bytes.includes('libc.so.6') && libc !== 'glibc') return false;
  }
  // Node-API is the same in all versions of Node; other add-ons are built for one version.
  return bytes.includes('napi_') || abi === thisPlatform().abi;
}

function targetOf(bytes: Buffer): AddonTarget | undefined {
  if (bytes.length < 64) return undefined;
  const magic = bytes.readUInt32BE(0);
  if (magic === 0x7f454c46) return target('linux', [ELF[bytes.readUInt16LE(18)]]);
  if (magic === 0xcffaedfe) return target('darwin', [MACH_O[bytes.readUInt32LE(4)]]);
  if (magic === 0xcafebabe) {
    const count = Math.min(bytes.readUInt32BE(4), Math.floor((bytes.length - 8) / 20));
    const archs = Array.from({ length: count }, (_, i) => MACH_O[bytes.readUInt32BE(8 + 20 * i)]);
    return target('darwin', archs);
  }
  if (bytes.readUInt16BE(0) !== 0x4d5a) return undefined;
  const header = bytes.readUInt32LE(60);
  if (header + 6 > bytes.length) return undefined;
  return target('win32', [PE[bytes.readUInt16LE(header + 4)]]);
}

function target(os: string, archs: readonly (string | undefined)[]): AddonTarget {
  return { os, archs: archs.filter((arch) => arch !== undefined) };
}

export function addonMismatch(
  directory: string,
  executorId: string,
  { os, arch, abi, libc }: Platform,
): FiresteelError {
  const words = [os, arch, ...(libc === '' ? [] : [libc]), `Node ABI ${abi}`].join(' ');
  return new FiresteelError(
    'NATIVE_ADDON_MISMATCH',
    `The package ${directory} has native add-ons, none of which fits executor ${executorId} (${words}). Install a build for that platform beside it, run the driver on the same platform, or use a package without native code.`,
    { data: { directory, executorId, os, arch, abi, libc } },
  );
}
