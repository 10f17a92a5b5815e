import { useMemo, useState } from 'preact/hooks';
import type { DeliveryQuery } from '../../api/deliveries.ts';
import { navigate, usePlace } from '../navigation.tsx';
import { ListEnd } from '../parts/list-end.tsx';
import { Notice } from '../parts/notice.tsx';
import { searchOf } from '../request-address.ts';
import { useRowKeys } from '../row-keys.ts';
import { useMay } from '../session.tsx';
import { useAnswer } from '../use-answer.ts';
import { usePages } from '../use-pages.ts';
import { many } from '../words.ts';
import { type DeliveryFilter, deliveryFilterOf } from './delivery-filter.ts';
import { DeliveryTable } from './delivery-table.tsx';
import { DestinationPanel } from './destination-panel.tsx';
import { RetryDialog, type WhatToRetry } from './retry-dialog.tsx';

const TOPICS = ['deliveries'] as const;
const STATES = [
  { value: '', name: 'all that has not arrived' },
  { value: 'waiting', name: 'waiting' },
  { value: 'failing', name: 'failing, tried again' },
  { value: 'dead', name: 'given up' },
  { value: 'delivered', name: 'delivered' },
] as const satisfies readonly { value: DeliveryQuery['state'] | ''; name: string }[];

/** What waits for which archive, why it fails, and another try. */
export function DeliveryView() {
  const { search } = usePlace();
  const filter = useMemo(() => deliveryFilterOf(search), [search]);
  const destinations = useAnswer('destinations', {}, TOPICS);
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [retry, setRetry] = useState<WhatToRetry>();
  useRowKeys('Delivery');
  const pages = usePages('listDeliveries', { query: filter }, { topics: TOPICS, still: chosen.size > 0 });
  const mayRetry = useMay('administrator');
  const names = (destinations.answer?.items ?? []).map(({ name }) => name);

  const show = (next: DeliveryFilter) => {
    setChosen(new Set());
    navigate(`/delivery${searchOf(next)}`, { replace: true });
  };
  const set = (name: keyof DeliveryFilter, value: string) => show({ ...filter, [name]: value || undefined });
  return (
    <>
      <div class="view-head">
        <h1>Delivery</h1>
      </div>
      {destinations.problem !== undefined && <Notice problem={destinations.problem} again={destinations.again} />}
      <div class="destinations">
        {destinations.answer?.items.map((destination) => (
          <DestinationPanel
            key={destination.name}
            destination={destination}
            onShow={(state) => show({ destination: destination.name, state })}
            {...(mayRetry ? { onRetry: () => setRetry({ kind: 'destination', destination }) } : {})}
          />
        ))}
      </div>
      <div class="view-head">
        <h2>Queue</h2>
        {pages.changed && (
          <button type="button" onClick={pages.again}>
            Something changed: look again
          </button>
        )}
      </div>
      <search class="filters filter-row" aria-label="Filters">
        <label class="field">
          <span>destination</span>
          <select value={filter.destination ?? ''} onChange={(event) => set('destination', event.currentTarget.value)}>
            <option value="">every</option>
            {names.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>state</span>
          <select value={filter.state ?? ''} onChange={(event) => set('state', event.currentTarget.value)}>
            {STATES.map(({ value, name }) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {filter.series !== undefined && (
          <button type="button" onClick={() => show({ ...filter, series: undefined })}>
            Only series {filter.series} ✕
          </button>
        )}
        {mayRetry && chosen.size > 0 && (
          <button type="button" class="main" onClick={() => setRetry({ kind: 'instances', ids: [...chosen] })}>
            Try {many(chosen.size, 'instance')} again …
          </button>
        )}
      </search>
      {pages.problem !== undefined && <Notice problem={pages.problem} again={pages.again} />}
      {pages.last !== undefined && pages.items.length === 0 ? (
        <p class="empty">Nothing here.</p>
      ) : (
        <DeliveryTable deliveries={pages.items} chosen={chosen} {...(mayRetry ? { onChosen: setChosen } : {})} />
      )}
      <ListEnd pages={pages} name="instances" />
      {retry !== undefined && (
        <RetryDialog
          what={retry}
          onDone={(queued) => {
            setRetry(undefined);
            if (!queued) return;
            setChosen(new Set());
            pages.again();
            destinations.again();
          }}
        />
      )}
    </>
  );
}
