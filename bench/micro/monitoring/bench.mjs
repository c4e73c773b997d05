import { generateText } from '../../lib/generate-text.mjs';
import { cachePath, program } from '../../lib/paths.mjs';
import { cpu, ratio } from '../../lib/targets.mjs';

/** @type {import('../../lib/types.d.ts').BenchDefinition} */
export const monitoring = {
  name: 'monitoring',
  summary: 'the word count with web pages and event log, and without',
  method: 'Whole processes, start-up included; nobody looks at the pages',
  sizeUnit: 'bytes',
  defaultSize: 300e6,
  defaultRounds: 5,
  baseline: 'unwatched',
  contenderNames: () => ['watched', 'unwatched'],
  prepare: async ({ size, slots }) => {
    const path = generateText(size);
    const contender = (
      /** @type {string} */ name,
      /** @type {string} */ what,
      /** @type {boolean} */ isWatched,
    ) => ({
      name,
      title: `Firesteel local[${slots}], ${what}`,
      command: ['node', program('wordcount/firesteel.mjs'), path, `local[${slots}]`],
      env: {
        FIRESTEEL_CONF_UI_ENABLED: `${isWatched}`,
        FIRESTEEL_CONF_EVENT_LOG_ENABLED: `${isWatched}`,
        FIRESTEEL_CONF_EVENT_LOG_DIR: cachePath('event-logs'),
      },
    });
    return [
      contender('watched', 'pages and event log', true),
      contender('unwatched', 'neither', false),
    ];
  },
  targets: () => [
    {
      text: 'CPU with pages and event log over that without',
      bound: 'at most',
      limit: 1.03,
      unit: '×',
      value: ratio('watched', 'unwatched', cpu),
    },
  ],
};
