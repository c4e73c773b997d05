import type { Config } from '@firesteel/common';
import type { Retention } from './store/application-store.js';

export function retentionOf(config: Config): Retention {
  return {
    jobs: config.get('ui.retainedJobs'),
    stages: config.get('ui.retainedStages'),
    tasks: config.get('ui.retainedTasks'),
  };
}
