import type { ExecutorView } from '../../../src/api/types.js';
import { applicationPath, useData } from '../api.js';
import { Missing, Section, Status } from '../components/parts.js';
import { Table } from '../components/table.js';
import { amount, bytes, count, duration, time } from '../format.js';
import type { PageProps } from './page.js';

/** Who runs tasks, and who did. */
export function ExecutorsPage({ appId, version }: PageProps) {
  const path = applicationPath(appId, 'allexecutors');
  const { data, error } = useData<readonly ExecutorView[]>(path, version);
  if (data === undefined) return <Missing error={error} />;
  const gone = data.filter(({ isActive }) => !isActive);
  return (
    <>
      <h1>Executors</h1>
      {data.length === 0 && <p class="hint">No executor has come yet.</p>}
      <ExecutorTable executors={data.filter(({ isActive }) => isActive)} />
      {gone.length > 0 && (
        <Section title={`Gone (${gone.length})`}>
          <ExecutorTable executors={gone} />
        </Section>
      )}
    </>
  );
}

function ExecutorTable({ executors }: { readonly executors: readonly ExecutorView[] }) {
  if (executors.length === 0) return null;
  return (
    <Table
      rows={executors}
      keyOf={({ id }) => id}
      columns={[
        {
          title: 'Executor',
          isShort: true,
          cell: ({ id }) => (id === 'driver' ? 'driver (threads)' : id),
        },
        { title: 'Host', isShort: true, cell: ({ host }) => host },
        {
          // Of those that live there is nothing to tell.
          title: 'State',
          cell: ({ isActive, removeReason }) =>
            !isActive && (
              <>
                <Status status="gone" />
                {removeReason !== undefined && <span class="aside bad">{removeReason}</span>}
              </>
            ),
        },
        { title: 'Since', isShort: true, cell: ({ addTime }) => time(addTime) },
        { title: 'Until', isShort: true, cell: ({ removeTime }) => time(removeTime) },
        { title: 'Cores', isNumber: true, cell: ({ cores }) => cores },
        { title: 'Running', isNumber: true, cell: (row) => count(row.numActiveTasks) },
        { title: 'Done', isNumber: true, cell: (row) => count(row.numCompletedTasks) },
        { title: 'Failed', isNumber: true, cell: (row) => count(row.numFailedTasks) },
        { title: 'Task time', isNumber: true, cell: (row) => duration(row.taskTimeMs) },
        {
          title: 'Read',
          isNumber: true,
          cell: ({ totals }) => amount(totals.rowsRead, totals.bytesRead),
        },
        {
          title: 'Shuffle read',
          isNumber: true,
          cell: ({ totals }) => bytes(totals.shuffleBytesRead),
        },
        {
          title: 'Shuffle written',
          isNumber: true,
          cell: ({ totals }) => bytes(totals.shuffleBytesWritten),
        },
        { title: 'Cached', isNumber: true, cell: (row) => bytes(row.memoryBytes) },
        { title: 'On disk', isNumber: true, cell: (row) => bytes(row.diskBytes) },
        {
          title: 'Process memory',
          isNumber: true,
          cell: ({ metrics }) => bytes(metrics?.residentBytes),
        },
        {
          title: 'CPU time',
          isNumber: true,
          cell: ({ metrics }) => metrics && duration(metrics.cpuTimeMs),
        },
        {
          title: 'Logs',
          cell: ({ logUrls }) => {
            const urls = Object.entries(logUrls).filter(([, url]) => /^https?:\/\//.test(url));
            return urls.length === 0
              ? ''
              : urls.map(([name, url]) => <LogLink key={name} name={name} url={url} />);
          },
        },
      ]}
    />
  );
}

function LogLink({ name, url }: { readonly name: string; readonly url: string }) {
  return (
    <>
      <a href={url} target="_blank" rel="noreferrer">
        {name}
      </a>{' '}
    </>
  );
}
