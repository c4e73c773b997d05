/** A file of a tree. */
export interface TreeFile {
  /** Relative to the tree, with slashes; empty where the tree is this one file. */
  readonly path: string;
  readonly sizeBytes: number;
  /** SHA-256 of its bytes, in hexadecimal. */
  readonly hash: string;
  readonly isExecutable: boolean;
}

/** A file or directory of the driver that executors have to have before a task begins. */
export interface FileTree {
  readonly kind: 'tree';
  /** SHA-256 over all that follows: equal trees have equal ids. */
  readonly id: string;
  readonly place: TreePlace;
  readonly files: readonly TreeFile[];
  readonly sizeBytes: number;
}

type TreePlace =
  /** An npm package, at the absolute path of its directory on the driver. */
  | { readonly kind: 'package'; readonly path: string }
  /** What `sc.addFile` has added, under its name. */
  | { readonly kind: 'added'; readonly name: string };

/** A name by which a package is found: both absolute paths of the driver. */
export interface PackageLink {
  readonly kind: 'link';
  readonly id: string;
  readonly path: string;
  readonly target: string;
}

/** What an executor is told to have. */
export type ShippedItem = FileTree | PackageLink;

/** What native add-ons are built for. */
export interface Platform {
  /** `process.platform` and `process.arch`. */
  readonly os: string;
  readonly arch: string;
  /** `process.versions.modules` */
  readonly abi: string;
  /** Of Linux: `glibc` or `musl`. */
  readonly libc: string;
}

export function thisPlatform(): Platform {
  const { platform, arch, versions } = process;
  return { os: platform, arch, abi: versions.modules, libc: platform === 'linux' ? libc() : '' };
}

let ownLibc: string | undefined;

function libc(): string {
  ownLibc ??= reportedGlibc() === undefined ? 'musl' : 'glibc';
  return ownLibc;
}

function reportedGlibc(): string | undefined {
  // Node has it since 20.13, its types do not.
  const report = process.report as typeof process.report & { excludeNetwork: boolean };
  const { excludeNetwork } = report;
  // A report names the peers of all sockets, for which the process would wait for name servers.
  report.excludeNetwork = true;
  const { header } = report.getReport() as { header: { glibcVersionRuntime?: string } };
  report.excludeNetwork = excludeNetwork;
  return header.glibcVersionRuntime;
}
