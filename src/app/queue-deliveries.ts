import type { RouteChoices } from '../core/routing/route.ts';
import type { InstanceRecord } from '../store/instances.ts';
import type { NewDelivery } from '../store/outbox.ts';
import type { ResultRecord } from '../store/results.ts';

/** One instance that leaves: its result where it was turned, else as it was received. */
export interface Outgoing {
  readonly instance: InstanceRecord;
  readonly result?: ResultRecord;
}

/** The deliveries of these instances to every destination of their route. */
export function deliveriesOf(outgoing: readonly Outgoing[], route: RouteChoices, queuedAt: number): NewDelivery[] {
  return route.destinations.flatMap((destination) =>
    outgoing.flatMap(({ instance, result }) => {
      const common = {
        destination,
        instanceId: instance.id,
        sopClassUid: instance.sopClassUid,
        transferSyntaxUid: instance.transferSyntaxUid,
        callingAeTitle: instance.callingAeTitle,
        queuedAt,
      };
      const received: NewDelivery = {
        ...common,
        resultId: null,
        purpose: result === undefined ? 'result' : 'original',
        sopInstanceUid: instance.sopInstanceUid,
        file: instance.file,
        dataSetOffset: instance.dataSetOffset,
        dataSetLength: instance.dataSetLength,
      };
      if (result === undefined) return [received];
      const turned: NewDelivery = {
        ...common,
        resultId: result.id,
        purpose: 'result',
        sopInstanceUid: result.sopInstanceUid,
        file: result.file,
        dataSetOffset: result.dataSetOffset,
        dataSetLength: result.dataSetLength,
      };
      // Under one UID the original would replace the result in the archive.
      const original = route.archiveOriginals && result.sopInstanceUid !== instance.sopInstanceUid;
      return original ? [turned, received] : [turned];
    }),
  );
}
