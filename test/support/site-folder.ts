import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encode } from 'fast-png';
import type { GreyImage } from '../../src/core/pixels/grey-image.ts';
import type { LabelledPicture } from '../../src/labelled/labelled-picture.ts';
import { otherPictures } from '../../src/labelled/phantom/other-pictures.ts';
import { shortAxisStack } from '../../src/labelled/phantom/short-axes.ts';
import { variedSubject } from '../../src/labelled/phantom/varied-subject.ts';
import { seededRandom } from '../../src/phantom/random.ts';

const MARGIN = 0.15;

/**
 * Writes a labelled folder of a made-up site whose pictures are all cut tightly about the heart: of each subject a few
 * short axes, and a scout.
 */
export async function writeSiteFolder(folder: string, subjects: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const lines = ['file,subject,series,slice,kind,code,short_axis,pixel_spacing'];
  for (const name of subjects) {
    const subject = variedSubject(name);
    const random = seededRandom(`site ${name}`);
    const stack = { subject, series: `${name} cine`, contrast: 'cine', positions: 5, phases: 1 } as const;
    const scout = { subject, series: `${name} scout`, view: 'scout', positions: 1 } as const;
    const pictures = [...shortAxisStack(stack, random), ...otherPictures(scout, random)];
    for (const [number, picture] of pictures
      .filter(({ quality }) => quality === undefined || quality === 'heart')
      .entries()) {
      const image = tight(picture);
      const file = `${name.replaceAll(' ', '-')}-${number}.png`;
      const data = Uint16Array.from(image.samples);
      await writeFile(
        join(folder, file),
        encode({ width: image.columns, height: image.rows, data, depth: 16, channels: 1 }),
      );
      const spacing = `${image.rowSpacingMm} ${image.columnSpacingMm}`;
      const { series, position, kind, code = '', shortAxis } = picture;
      lines.push([file, name, series, position, kind, code, shortAxis ? 'yes' : 'no', spacing].join(','));
    }
  }
  await writeFile(join(folder, 'labels.csv'), `${lines.join('\n')}\n`);
}

/** The picture about its masks; whole where it has none. */
function tight({ image, masks }: LabelledPicture): GreyImage {
  const { rows, columns, samples } = image;
  const inside = Object.values(masks).flatMap((mask) => [...mask.keys()].filter((i) => mask[i] !== 0));
  if (inside.length === 0) return image;
  const [top, bottom] = span(
    inside.map((i) => Math.floor(i / columns)),
    rows,
  );
  const [left, right] = span(
    inside.map((i) => i % columns),
    columns,
  );
  const kept = Array.from({ length: bottom - top }, (_, y) =>
    samples.slice((top + y) * columns + left, (top + y) * columns + right),
  );
  return {
    ...image,
    rows: bottom - top,
    columns: right - left,
    samples: kept.flatMap((row) => Array.from(row)) as never,
  };
}

function span(values: readonly number[], size: number): readonly [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const margin = Math.round(MARGIN * (most - least));
  return [Math.max(0, least - margin), Math.min(size, most + margin + 1)];
}
