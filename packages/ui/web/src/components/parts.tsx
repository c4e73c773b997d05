import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { JobView, StageView } from '../../../src/api/types.js';
import { kill, useSession } from '../api.js';

/** A word about how something goes, in its color. */
export function Status({ status }: { readonly status: string }) {
  return <span class={`status ${status}`}>{status}</span>;
}

/** How far a job or stage is. */
export function Progress({ of }: { readonly of: JobView | StageView }) {
  const { numTasks: total, numCompletedTasks: done } = of;
  const { numActiveTasks: active, numFailedTasks: failed } = of;
  const share = (part: number) => `${total === 0 ? 0 : Math.min(100, (100 * part) / total)}%`;
  const notes = [active > 0 ? `${active} running` : '', failed > 0 ? `${failed} failed` : ''];
  const text = `${done}/${total}`;
  return (
    <div class="progress">
      <div
        class="bar"
        role="progressbar"
        aria-valuenow={done}
        aria-valuemax={total}
        aria-label="tasks"
      >
        <span class="done" style={{ width: share(done) }} />
        <span class="running" style={{ width: share(Math.min(active, total - done)) }} />
      </div>
      <span class="progress-text">{[text, ...notes.filter((note) => note !== '')].join(', ')}</span>
    </div>
  );
}

export function Section(props: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section>
      <h2>{props.title}</h2>
      {props.children}
    </section>
  );
}

/** Some figures side by side; those without a value are left out. */
export function Figures({
  figures,
}: {
  readonly figures: readonly (readonly [string, ComponentChildren])[];
}) {
  return (
    <dl class="figures">
      {figures
        .filter(([, value]) => value !== '' && value !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** Cancels a job or a stage, where that is allowed. */
export function CancelButton(props: {
  readonly appId: string;
  readonly what: 'jobs' | 'stages';
  readonly id: number;
}) {
  const { appId, what, id } = props;
  const session = useSession();
  const [note, setNote] = useState<string>();
  if (session?.requestToken === undefined) return null;
  const cancel = async () => {
    const name = what === 'jobs' ? `job ${id}` : `stage ${id} and the jobs that need it`;
    if (confirm(`Cancel ${name}?`)) setNote((await kill(appId, what, id, session)) ?? 'cancelled');
  };
  return (
    <button
      type="button"
      class="cancel"
      disabled={note !== undefined}
      onClick={() => void cancel()}
    >
      {note ?? 'Cancel'}
    </button>
  );
}

/** What a page shows in place of data that is not there (yet). */
export function Missing({ error }: { readonly error: string | undefined }) {
  return <p class={error === undefined ? 'hint loading' : 'note bad'}>{error ?? 'Loading …'}</p>;
}
