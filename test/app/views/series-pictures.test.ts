import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Picture, seriesPictures as schema } from '../../../src/api/series-detail.ts';
import { picturePixels } from '../../../src/app/views/picture-pixels.ts';
import { seriesPictures } from '../../../src/app/views/series-pictures.ts';
import { sourceIndex } from '../../../src/core/orientation/d4.ts';
import { changed, dataSetOf, type Sent } from '../../support/running-app.ts';
import { smallSax } from '../../support/small-study.ts';
import { type ViewedApp, viewedApp } from '../../support/viewed-app.ts';

const PIXEL_DATA = 0x7fe00010;

let viewed: ViewedApp;
beforeEach(async () => {
  viewed = await viewedApp();
});
afterEach(() => viewed.stop());

async function picturesOf(seriesInstanceUid: string) {
  return schema.parse(await seriesPictures(await viewed.seriesId(seriesInstanceUid), viewed.app.context));
}

/** The samples at the address of a picture. */
async function samplesOf({ instanceId, resultId }: Picture): Promise<Uint16Array> {
  const bytes = await picturePixels({ instanceId, resultId: resultId ?? undefined }, viewed.app.context);
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
}

function storedSamples(sent: Sent): Uint8Array {
  return dataSetOf(sent).bytes(PIXEL_DATA)!;
}

describe('the pictures of a series', () => {
  test('are in slices and phases whatever the order in which they came, before and after', async () => {
    const series = smallSax('110', { phases: 3 });
    const shuffled = [...series].sort((one, other) => (one.sopInstanceUid < other.sopInstanceUid ? -1 : 1));
    await viewed.receive(shuffled, '110');
    const { received, result, notShown } = await picturesOf(series[0]!.seriesInstanceUid);
    expect(notShown).toEqual([]);
    const places = Array.from({ length: 12 }, (_, i) => [Math.floor(i / 3), i % 3]);
    expect(received.map(({ slice, phase }) => [slice, phase])).toEqual(places);
    expect(result!.map(({ slice, phase }) => [slice, phase])).toEqual(places);
    expect(result!.map(({ instanceId }) => instanceId)).toEqual(received.map(({ instanceId }) => instanceId));
    const inOrder = new Map(series.map((one) => [one.sopInstanceUid, one]));
    const along = received.map(({ sopInstanceUid }) => inOrder.get(sopInstanceUid)!);
    const slices = [0, 1, 2, 3].map((slice) => series.slice(slice * 3, slice * 3 + 3));
    const upwards = slices.flat();
    const downwards = [...slices].reverse().flat();
    expect([upwards, downwards]).toContainEqual(along);
    const times = received.slice(0, 3).map(({ triggerTimeMs }) => triggerTimeMs!);
    expect(times).toEqual([...times].sort((one, other) => one - other));
  });

  test('have the samples as they are stored, and after turning each at its new place', async () => {
    const series = smallSax('110');
    await viewed.receive(series, '110');
    const { received, result } = await picturesOf(series[0]!.seriesInstanceUid);
    const [before, after] = [received[0]!, result![0]!];
    expect([after.rows, after.columns]).toEqual([before.columns, before.rows]);
    expect(after.pixelAspect).toBeCloseTo(1 / before.pixelAspect);
    expect(before.pixels).toBe(`/api/v1/instances/${before.instanceId}/pixels`);
    expect(after.pixels).toBe(`/api/v1/instances/${before.instanceId}/pixels?result=${after.resultId}`);
    const source = await samplesOf(before);
    const turned = await samplesOf(after);
    const sent = series.find(({ sopInstanceUid }) => sopInstanceUid === before.sopInstanceUid)!;
    expect(Buffer.from(source.buffer, source.byteOffset, source.byteLength)).toEqual(Buffer.from(storedSamples(sent)));
    for (let y = 0; y < after.rows; y++) {
      for (let x = 0; x < after.columns; x++) {
        const from = sourceIndex('101', { x, y }, before);
        expect(turned[y * after.columns + x]).toBe(source[from.y * before.columns + from.x]);
      }
    }
    expect(after.letters).toMatchObject({ top: expect.any(String) });
    expect(after.letters).not.toEqual(before.letters);
  });

  test('that were turned are derived again where their files are gone', async () => {
    const series = smallSax('011');
    await viewed.receive(series, '011');
    const uid = series[0]!.seriesInstanceUid;
    const first = await picturesOf(uid);
    const samples = await samplesOf(first.result![0]!);
    await rm(join(viewed.app.context.dataDir, 'results'), { recursive: true });
    const again = await picturesOf(uid);
    expect(again).toEqual(first);
    expect(await samplesOf(again.result![0]!)).toEqual(samples);
  });

  test('that cannot be shown are named with the reason, and the others are shown', async () => {
    const [compressed, colour, frames, gone, ...fine] = smallSax('000', { slices: 6 });
    const jpeg = '1.2.840.10008.1.2.4.50';
    await viewed.receive([
      { ...compressed!, transferSyntaxUid: jpeg },
      changed(colour!, { PhotometricInterpretation: ['RGB'] }),
      changed(frames!, { NumberOfFrames: ['1', '2'].slice(1) }),
      gone!,
      ...fine,
    ]);
    const [row] = await viewed.app.db.all<{ file: string }>('select file from instances where sop_instance_uid = ?', [
      gone!.sopInstanceUid,
    ]);
    await rm(join(viewed.app.context.dataDir, row!.file));
    const { received, result, notShown } = await picturesOf(fine[0]!.seriesInstanceUid);
    expect(result).toBeNull();
    expect(new Set(received.map(({ sopInstanceUid }) => sopInstanceUid))).toEqual(
      new Set(fine.map(({ sopInstanceUid }) => sopInstanceUid)),
    );
    const why = new Map(notShown.map((one) => [one.sopInstanceUid, one.why]));
    expect(why.get(compressed!.sopInstanceUid)).toMatch(/compressed/);
    expect(why.get(colour!.sopInstanceUid)).toBe('It is a picture in colour (RGB).');
    expect(why.get(frames!.sopInstanceUid)).toBe('It holds 2 frames in one instance.');
    expect(why.get(gone!.sopInstanceUid)).toBe('Its file is not on the disk any more.');
  });

  test('are not found where there is no such series, instance or result', async () => {
    await viewed.receive(smallSax('000'), '000');
    const { context } = viewed.app;
    await expect(seriesPictures(99, context)).rejects.toMatchObject({ code: 'not-found' });
    await expect(picturePixels({ instanceId: 99 }, context)).rejects.toMatchObject({ code: 'not-found' });
    await expect(picturePixels({ instanceId: 1, resultId: 1 }, context)).rejects.toMatchObject({ code: 'not-found' });
  });
});
