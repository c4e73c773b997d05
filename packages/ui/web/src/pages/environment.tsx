import { useState } from 'preact/hooks';
import type { EnvironmentView } from '../../../src/api/types.js';
import { applicationPath, useData } from '../api.js';
import { Missing, Section } from '../components/parts.js';
import { Table } from '../components/table.js';
import type { PageProps } from './page.js';

/** What the application runs on and how it was configured; what is secret is masked. */
export function EnvironmentPage({ appId }: PageProps) {
  const { data, error } = useData<EnvironmentView>(applicationPath(appId, 'environment'));
  const [filter, setFilter] = useState('');
  if (data === undefined) return <Missing error={error} />;
  const wanted = (key: string) => key.toLowerCase().includes(filter.toLowerCase());
  const set = data.configuration.filter(({ key, isDefault }) => !isDefault && wanted(key));
  const defaults = data.configuration.filter(({ key, isDefault }) => isDefault && wanted(key));
  const settings = (rows: typeof set) => (
    <Table
      rows={rows}
      keyOf={({ key }) => key}
      columns={[
        { title: 'Key', cell: ({ key }) => <code>{key}</code> },
        { title: 'Value', cell: ({ value }) => <code>{value}</code> },
      ]}
    />
  );
  return (
    <>
      <h1>Environment</h1>
      <Section title="Runtime">
        <Table
          rows={Object.entries(data.runtime)}
          keyOf={([name]) => name}
          columns={[
            { title: 'Name', cell: ([name]) => name },
            { title: 'Value', cell: ([, value]) => value },
          ]}
        />
      </Section>
      <div class="controls">
        <label>
          Keys with{' '}
          <input
            type="search"
            value={filter}
            onInput={({ currentTarget }) => setFilter(currentTarget.value)}
          />
        </label>
      </div>
      <Section title="Configured">
        {set.length === 0 ? <p class="hint">Nothing.</p> : settings(set)}
      </Section>
      <Section title="Defaults">{settings(defaults)}</Section>
    </>
  );
}
