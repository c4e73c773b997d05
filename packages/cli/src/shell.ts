import { watchLiveContexts } from '@firesteel/common';
import { runShell, type ShellOptions } from '@firesteel/shell';
import { bundleJob } from './bundle.js';
import { type ContextSettings, handOverConfiguration } from './context-settings.js';
import { engineFiles, type Installation } from './installation.js';
import { errorReport } from './report-error.js';
import { showProgress, wantsProgress } from './terminal-progress.js';
import { addUp, noTotals, summaryLine } from './totals.js';

/** A `firesteel shell` command, as it was written. */
export interface ShellCommand extends ContextSettings, ShellOptions {}

/**
 * Runs a shell in this process until its input ends.
 * @throws FiresteelError for a configuration that is wrong
 */
export async function shell(command: ShellCommand, installation: Installation): Promise<void> {
  handOverConfiguration(command, 'shell');
  process.setSourceMapsEnabled(true);
  const totals = noTotals();
  watchLiveContexts((context) => addUp(totals, context.events));
  await runShell(command, {
    version: installation.version,
    resolve: installation.resolve,
    compileModule: (path, outputPath) => bundleJob(path, outputPath, installation),
    startContext: async () => (await installation.load()).FiresteelContext.create(),
    describeError: (error) => errorReport(error, engineFiles(installation)),
    showProgress: wantsProgress(command) ? showProgress : () => () => {},
    startSummary() {
      Object.assign(totals, noTotals());
      const startMs = performance.now();
      return () =>
        totals.stages === 0
          ? undefined
          : summaryLine({ ...totals, ms: performance.now() - startMs });
    },
  });
}
