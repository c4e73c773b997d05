import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, parse, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FiresteelError, watchLiveContexts } from '@firesteel/common';
import { bundleJob } from './bundle.js';
import { type ContextSettings, handOverConfiguration } from './context-settings.js';
import { engineFiles, type Installation } from './installation.js';
import { errorReport } from './report-error.js';
import { runJob } from './run-job.js';
import { showProgress, wantsProgress } from './terminal-progress.js';
import { addUp, noTotals, summaryLine } from './totals.js';

/** A `firesteel submit` command, as it was written. */
export interface SubmitCommand extends ContextSettings {
  readonly jobFile: string;
  /** Everything after the job file. */
  readonly jobArguments: readonly string[];
  readonly summary: boolean;
}

/**
 * Runs a job file in this process. Returns when the job's top level is through; the process ends
 * by itself, with the job's exit code, when nothing is left to do.
 * @throws FiresteelError for a configuration that is wrong or a job file that does not compile
 */
export async function submit(command: SubmitCommand, installation: Installation): Promise<void> {
  const startMs = performance.now();
  handOverConfiguration(command, parse(command.jobFile).name);
  const jobPath = existingFile(command.jobFile);
  const directory = mkdtempSync(join(tmpdir(), 'firesteel-job-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));

  const modulePath = join(directory, `${parse(jobPath).name}.mjs`);
  // The compiler is a process of its own: the engine loads meanwhile.
  const bundling = bundleJob(jobPath, modulePath, installation);
  bundling.catch(() => {});
  await installation.load();
  writeFileSync(modulePath, await bundling);

  process.argv = [process.execPath, jobPath, ...command.jobArguments];
  process.setSourceMapsEnabled(true);
  const totals = noTotals();
  if (command.summary) watchLiveContexts((context) => addUp(totals, context.events));
  const hideProgress = wantsProgress(command) ? showProgress() : () => {};

  let failed = false;
  await runJob(pathToFileURL(modulePath).href, {
    failed(error) {
      failed = true;
      hideProgress();
      process.stderr.write(`${errorReport(error, engineFiles(installation))}\n`);
    },
    ended() {
      hideProgress();
      if (command.summary && !failed)
        process.stderr.write(`${summaryLine({ ...totals, ms: performance.now() - startMs })}\n`);
    },
  });
}

function existingFile(jobFile: string): string {
  const path = resolve(jobFile);
  const status = statSync(path, { throwIfNoEntry: false });
  if (status?.isFile()) return path;
  const what = status === undefined ? 'does not exist' : 'is not a file';
  throw new FiresteelError(
    'JOB_FILE_INVALID',
    `The job file ${relative(process.cwd(), path)} ${what}. The first argument after the options must be a .ts or .js file.`,
    { data: { path } },
  );
}
