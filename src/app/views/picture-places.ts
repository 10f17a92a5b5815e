import { slicePositionIndices } from '../../core/series/slice-position.ts';
import { splitIntoStacks } from '../../core/series/stack-group.ts';
import type { InstanceRecord } from '../../store/instances.ts';
import { headerOf } from '../stored-instance.ts';

/** Which slice position a picture is of, and which picture in time of it, both from 0. */
export interface PicturePlace {
  readonly slice: number;
  readonly phase: number;
}

/**
 * Sorts the pictures of a series into slices and phases, by geometry and Trigger Time; where a position has pictures
 * without, by Instance Number. Differently oriented stacks come one after the other. Without geometry nobody can tell
 * what is a phase of what: each picture is a slice of its own.
 * @param numbers Instance Number by id of the instance
 */
export function picturePlaces(
  instances: readonly InstanceRecord[],
  numbers: ReadonlyMap<number, number>,
): ReadonlyMap<number, PicturePlace> {
  const headers = new Map(instances.map((instance) => [instance.id, headerOf(instance)]));
  const timeOf = ({ id }: InstanceRecord): number => headers.get(id)?.kindHeader.triggerTime ?? 0;
  const numberOf = ({ id }: InstanceRecord): number => numbers.get(id) ?? 0;
  const inTime = (one: InstanceRecord, other: InstanceRecord): number =>
    timeOf(one) - timeOf(other) || numberOf(one) - numberOf(other) || one.id - other.id;
  const slices: (readonly InstanceRecord[])[] = [];
  const placed = instances.flatMap((instance) => {
    const plane = headers.get(instance.id)?.plane;
    return plane === undefined ? [] : [{ instance, plane }];
  });
  for (const stack of splitIntoStacks(placed)) {
    const indices = slicePositionIndices(stack.map(({ plane }) => plane));
    const positions: InstanceRecord[][] = [];
    for (const [i, { instance }] of stack.entries()) {
      positions[indices[i] as number] ??= [];
      positions[indices[i] as number]?.push(instance);
    }
    slices.push(...positions);
  }
  const unplaced = instances.filter(({ id }) => headers.get(id)?.plane === undefined);
  for (const instance of [...unplaced].sort(inTime)) slices.push([instance]);
  const places = new Map<number, PicturePlace>();
  for (const [slice, pictures] of slices.entries()) {
    for (const [phase, { id }] of [...pictures].sort(inTime).entries()) places.set(id, { slice, phase });
  }
  return places;
}
