import type { SizeUnit } from './sizes.mjs';

/** What the user chose on the command line, with the defaults of the bench filled in. */
export interface BenchOptions {
  /** Bytes of text or rows, see `BenchDefinition.sizeUnit`. */
  readonly size: number;
  /** Threads of the parallel contenders. */
  readonly slots: number;
  /** Whether `name` will run; contenders that are not wanted need no preparation. */
  wants(name: string): boolean;
  /** Whether rivals may be fetched from package registries. */
  readonly install: boolean;
}

/** One program of a bench; it runs as a process of its own. */
export interface Contender {
  readonly name: string;
  readonly title: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Turns what it prints into the result object; by default its last line that is JSON. */
  readonly parse?: (stdout: string) => unknown;
  /** Keys of the result that it does not compute, such as the top words of `wc`. */
  readonly lacks?: readonly string[];
  /** A known fault of this rival: a wrong result is reported, not fatal. */
  readonly knownFault?: string;
}

/** A contender that cannot run here, with the reason. */
export interface SkippedContender {
  readonly name: string;
  readonly title: string;
  readonly skipped: string;
}

/**
 * A number the bench is held to. `value` reads it from the medians and returns `undefined` when a
 * contender it needs did not run.
 */
export interface Target {
  readonly text: string;
  readonly limit: number;
  readonly unit: string;
  readonly bound: 'at most' | 'at least' | 'below';
  readonly value: (medians: Medians) => number | undefined;
}

export interface BenchDefinition {
  readonly name: string;
  readonly summary: string;
  /** What the numbers are: whole processes, or parts of one after warm-up. */
  readonly method: string;
  readonly sizeUnit: SizeUnit;
  readonly defaultSize: number;
  readonly defaultRounds: number;
  /** The contender that ratios are taken against. */
  readonly baseline: string;
  /** Names of all contenders, for `--only`. */
  contenderNames(slots: number): readonly string[];
  /** Generates inputs and builds programs; nothing here is measured. */
  prepare(options: BenchOptions): Promise<readonly (Contender | SkippedContender)[]>;
  targets(slots: number, size: number): readonly Target[];
  /** Whether the report shows memory over time. */
  readonly plotsMemory?: boolean;
}

/** One measured process. */
export interface Run {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakRssBytes: number;
  /** Memory from the beginning to the end, the peak of each part of it. */
  readonly rssBytes: readonly number[];
  /** Numbers that the program measured inside itself. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Per contender; `median` over its rounds, number by number. */
export type Medians = ReadonlyMap<string, Run>;

export interface ContenderReport {
  readonly name: string;
  readonly title: string;
  readonly skipped?: string;
  readonly fault?: string;
  readonly median?: Run;
  readonly runs?: readonly Run[];
}

export interface TargetReport {
  readonly text: string;
  readonly bound: Target['bound'];
  readonly limit: number;
  readonly unit: string;
  /** Absent when it could not be measured. */
  readonly value?: number;
  readonly met?: boolean;
}

export interface BenchReport {
  readonly bench: string;
  readonly method: string;
  readonly command: string;
  readonly size: string;
  readonly slots: number;
  readonly rounds: number;
  readonly baseline: string;
  /** What the programs agreed on. */
  readonly result: unknown;
  readonly contenders: readonly ContenderReport[];
  readonly plotsMemory: boolean;
  readonly targets: readonly TargetReport[];
}

/** What `--json` writes. */
export interface ReportFile {
  readonly date: string;
  readonly machine: Readonly<Record<string, string>>;
  readonly benches: readonly BenchReport[];
}
