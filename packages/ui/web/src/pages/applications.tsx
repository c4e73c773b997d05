import type { ApplicationView } from '../../../src/api/types.js';
import { useData } from '../api.js';
import { Missing, Status } from '../components/parts.js';
import { Table } from '../components/table.js';
import { duration, time } from '../format.js';
import { href } from '../router.js';

/** The applications of a history server. */
export function ApplicationsPage() {
  const { data, error } = useData<readonly ApplicationView[]>('applications');
  if (data === undefined) return <Missing error={error} />;
  return (
    <main id="main">
      <h1>Applications</h1>
      {data.length === 0 ? (
        <p class="hint">
          No application has written an event log here. Run one with{' '}
          <code>--conf eventLog.enabled=true</code>.
        </p>
      ) : (
        <Table
          rows={data}
          keyOf={({ id }) => id}
          columns={[
            { title: 'Application', cell: ({ id, name }) => <a href={href(id)}>{name}</a> },
            { title: 'Id', isShort: true, cell: ({ id }) => <code>{id}</code> },
            { title: 'State', isShort: true, cell: ({ state }) => <Status status={state} /> },
            { title: 'Master', cell: ({ master }) => master },
            { title: 'Started', isShort: true, cell: ({ startTime }) => time(startTime) },
            {
              title: 'Duration',
              isNumber: true,
              cell: ({ startTime, endTime, lastEventTime }) =>
                duration((endTime ?? lastEventTime) - startTime),
            },
            { title: 'Version', cell: ({ version }) => version },
          ]}
        />
      )}
    </main>
  );
}
