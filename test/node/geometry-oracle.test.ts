import { describe, expect, it } from 'vitest';
import type { PhantomInstance } from '../../src/phantom/phantom-series.ts';
import type { Edits } from '../support/edited-data-set.ts';
import { judgeGeometry } from '../support/geometry-oracle.ts';
import { edited, shortAxis } from '../support/made-up-series.ts';
import { parsePart10, part10Of, type ReadFile } from '../support/part10-files.ts';

const read = (instance: PhantomInstance): ReadFile => parsePart10(part10Of(instance));
const [source] = shortAxis('oracle', { slices: 1, code: '110' }) as readonly [PhantomInstance];
const [standard] = shortAxis('oracle', { slices: 1, code: '000' }) as readonly [PhantomInstance];

/** What the node should make of the source, made by the phantom: the same slice, standard, that names its source. */
function derived(edits: Edits = {}): ReadFile {
  const uid = Buffer.from(
    source.sopInstanceUid.padEnd(source.sopInstanceUid.length + (source.sopInstanceUid.length % 2), '\0'),
  );
  const reference = Buffer.concat([Buffer.from([0x08, 0, 0x55, 0x11, 0x55, 0x49, uid.length, 0]), uid]);
  const item = Buffer.concat([Buffer.from([0xfe, 0xff, 0, 0xe0, reference.length, 0, 0, 0]), reference]);
  const own: Edits = { '00082112': { vr: 'SQ', value: item }, '00291003': undefined };
  return read(edited(standard, { ...own, ...edits }));
}

const sent = read(edited(source, { '00291003': undefined }));
const judged = (...archived: readonly ReadFile[]) => judgeGeometry([sent], archived);

describe('the judge of what an archive holds', () => {
  it('agrees with a slice that was turned as it should be, and names the operation', () => {
    const verdict = judged(derived());
    expect(verdict).toMatchObject({ lost: [], doubled: [], problems: [], turned: 1 });
    expect([...(verdict.operations.get(source.seriesInstanceUid) ?? [])]).toEqual(['101']);
  });

  it.each<[string, Edits]>([
    ['its position is a pixel off', { '00200032': { vr: 'DS', value: '0\\0\\0' } }],
    ['rows and columns of its orientation are exchanged', { '00200037': { vr: 'DS', value: '0\\1\\0\\1\\0\\0' } }],
    ['its spacing is another', { '00280030': { vr: 'DS', value: '2.36\\2.4' } }],
    ['a sample is another', { '7fe00010': { vr: 'OW', value: new Uint8Array(120 * 144 * 2) } }],
    ['an attribute is another', { '00100010': { vr: 'PN', value: 'Somebody^Else' } }],
    ['a private element is gone', { '00291002': undefined }],
  ])('objects where %s', (_, edits) => {
    expect(judged(derived(edits)).problems).not.toEqual([]);
  });

  it('misses what is lost, and sees what is doubled or comes from nowhere', () => {
    expect(judged().lost).toEqual([source.sopInstanceUid]);
    const again = derived({ '00080018': { vr: 'UI', value: '2.25.12' } });
    expect(judged(derived(), again).doubled).toEqual([source.sopInstanceUid]);
    expect(judged(read(standard)).problems).toHaveLength(1);
    const changed = read(edited(source, { '00100010': { vr: 'PN', value: 'Somebody^Else' } }));
    expect(judged(changed).problems).toHaveLength(1);
  });
});
