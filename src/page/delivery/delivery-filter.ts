import type { DeliveryQuery } from '../../api/deliveries.ts';

export interface DeliveryFilter {
  readonly destination?: string | undefined;
  readonly state?: DeliveryQuery['state'];
  /** `id` of a series. */
  readonly series?: number | undefined;
}

const STATES = ['waiting', 'failing', 'dead', 'delivered'] as const satisfies readonly DeliveryQuery['state'][];

/** What an address asks for; what it says wrongly is as if it were not there. */
export function deliveryFilterOf(search: string): DeliveryFilter {
  const given = new URLSearchParams(search);
  const destination = given.get('destination') ?? '';
  const state = STATES.find((one) => one === given.get('state'));
  const series = Number(given.get('series') ?? Number.NaN);
  return {
    ...(destination === '' ? {} : { destination }),
    ...(state === undefined ? {} : { state }),
    ...(Number.isSafeInteger(series) && series > 0 ? { series } : {}),
  };
}
