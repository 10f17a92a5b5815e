import { useMemo } from 'preact/hooks';
import type { AuditPage } from '../../api/audit.ts';
import { startOfDay, toSecond } from '../moments.ts';
import { navigate, usePlace } from '../navigation.tsx';
import { DayField, TypedField } from '../parts/fields.tsx';
import { ListEnd } from '../parts/list-end.tsx';
import { Notice } from '../parts/notice.tsx';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { searchOf } from '../request-address.ts';
import { shownText } from '../shown-text.ts';
import { usePages } from '../use-pages.ts';
import { type AuditFilter, auditFilterOf } from './audit-filter.ts';

/** The audit trail, newest first. Not live: to look at it is an entry of its own. */
export function AuditView() {
  const { search } = usePlace();
  const filter = useMemo(() => auditFilterOf(search), [search]);
  const pages = usePages('audit', { query: filter });
  const set = (name: keyof AuditFilter, value: string | undefined) =>
    navigate(`/audit${searchOf({ ...filter, [name]: value })}`, { replace: true });
  return (
    <>
      <div class="view-head">
        <h1>Audit trail</h1>
        <button type="button" onClick={pages.again}>
          Look again
        </button>
      </div>
      <p class="soft">Who did what, and why. That you look at it is written down too.</p>
      <search class="filters filter-row" aria-label="Filters">
        <TypedField label="event" value={filter.event ?? ''} onValue={(value) => set('event', value)} />
        <TypedField label="actor" value={filter.actor ?? ''} onValue={(value) => set('actor', value)} />
        <TypedField label="study UID" value={filter.study ?? ''} onValue={(value) => set('study', value)} />
        <TypedField label="series UID" value={filter.series ?? ''} onValue={(value) => set('series', value)} />
        <DayField label="from" value={filter.from} onValue={(day) => set('from', day && startOfDay(day))} />
        <DayField label="until" value={filter.to} last onValue={(day) => set('to', day && startOfDay(day, 1))} />
      </search>
      {pages.problem !== undefined && <Notice problem={pages.problem} again={pages.again} />}
      {pages.last !== undefined && pages.items.length === 0 && <p class="empty">No entry passes this filter.</p>}
      {pages.items.length > 0 && (
        <ScrollBox label="Audit trail">
          <table class="gap-above">
            <thead>
              <tr>
                <th scope="col" class="number">
                  No.
                </th>
                <th scope="col">When</th>
                <th scope="col">Event</th>
                <th scope="col">Who</th>
                <th scope="col">About</th>
                <th scope="col">Detail</th>
                <th scope="col">Hash</th>
              </tr>
            </thead>
            <tbody>
              {pages.items.map((entry) => (
                <Entry key={entry.seq} entry={entry} />
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
      <ListEnd pages={pages} name="entries" />
    </>
  );
}

function Entry({ entry }: { readonly entry: AuditPage['items'][number] }) {
  return (
    <tr>
      <th scope="row" class="number">
        {entry.seq}
      </th>
      <td class="nowrap">{toSecond(entry.at)}</td>
      <td class="nowrap">{entry.event}</td>
      <td class="nowrap">
        <bdi>{shownText(entry.actor)}</bdi>
      </td>
      <td>
        <Values values={entry.subject} />
      </td>
      <td>
        <Values values={entry.detail} />
      </td>
      <td class="mono" title={entry.hash}>
        {entry.hash.slice(0, 10)}…
      </td>
    </tr>
  );
}

/** What an entry says, name by name, as it was written. */
function Values({ values }: { readonly values: Readonly<Record<string, unknown>> }) {
  return (
    <dl class="audit-detail">
      {Object.entries(values).map(([name, value]) => (
        <div key={name}>
          <dt>{name} </dt>
          <dd>
            <bdi>{shownText(typeof value === 'string' ? value : JSON.stringify(value))}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}
