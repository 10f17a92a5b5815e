import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { encode } from 'fast-png';
import type { ReviewedPicture } from '../app/reviewed-pictures.ts';
import { messageOf, NodeError } from '../core/errors.ts';
import type { GreySamples } from '../core/pixels/grey-image.ts';

const COLUMNS = [
  'file',
  'subject',
  'series',
  'position',
  'phase',
  'kind',
  'code',
  'short_axis',
  'pixel_spacing',
  'image_orientation_patient',
  'image_position_patient',
  'act',
  'reviewer',
  'reviewed_at',
] as const;

const MOST = 0xffff;

/**
 * Writes a labelled folder (`labels.csv` and PNGs of 16 bits) of reviewed pictures. It names no patient: subjects are
 * known by a hash of their study that is salted anew each time.
 * @throws NodeError storage-failed, and what reading the pictures throws
 */
export async function writeReviewedFolder(
  folder: string,
  pictures: AsyncIterable<ReviewedPicture>,
): Promise<{ readonly series: number; readonly pictures: number }> {
  const salt = randomBytes(16);
  const rows: string[] = [COLUMNS.join(',')];
  const series = new Set<number>();
  for await (const picture of pictures) {
    series.add(picture.seriesId);
    const file = `${picture.seriesId}/${picture.instanceId}.png`;
    await write(join(folder, 'images', file), png(picture));
    rows.push(row(picture, file, subjectOf(picture, salt)).map(cell).join(','));
  }
  // Last: without its table the folder is none, and a run that broke off is not taken for whole.
  await write(join(folder, 'labels.csv'), `${rows.join('\r\n')}\r\n`);
  return { series: series.size, pictures: rows.length - 1 };
}

function row(picture: ReviewedPicture, file: string, subject: string): readonly string[] {
  const { image, plane, seriesId, position, phase, kind, code, act, reviewer, reviewedAt } = picture;
  const numbers = (values: readonly number[]): string => values.join('\\');
  const pose =
    plane === undefined
      ? ['', '']
      : [numbers([...plane.rowCosines, ...plane.columnCosines]), numbers(plane.imagePositionPatient)];
  return [
    file,
    subject,
    String(seriesId),
    String(position),
    String(phase),
    kind,
    code,
    'yes',
    numbers([image.rowSpacingMm, image.columnSpacingMm]),
    ...pose,
    act,
    reviewer,
    new Date(reviewedAt).toISOString(),
  ];
}

/** One study is one person's; a person with two studies is two subjects. */
function subjectOf({ studyInstanceUid }: ReviewedPicture, salt: Uint8Array): string {
  return createHash('sha256').update(salt).update(studyInstanceUid).digest('hex').slice(0, 16);
}

/** Only differences of grey count for the recogniser: values are moved, and squeezed where 16 bits do not hold them. */
function png({ image: { columns, rows, samples } }: ReviewedPicture): Uint8Array {
  return encode({ width: columns, height: rows, data: greyValues(samples), depth: 16, channels: 1 });
}

function greyValues(samples: GreySamples): Uint16Array {
  if (samples instanceof Uint16Array) return samples;
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const sample of samples) {
    if (sample < least) least = sample;
    if (sample > greatest) greatest = sample;
  }
  const shift = Math.min(least, 0);
  const scale = greatest - shift > MOST ? MOST / (greatest - shift) : 1;
  return Uint16Array.from(samples, (sample) => Math.round((sample - shift) * scale));
}

/** RFC 4180; a cell that a spreadsheet would compute is marked as text. */
function cell(text: string): string {
  const safe = /^[=+@\t]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

async function write(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    throw new NodeError('storage-failed', `it cannot be written: ${messageOf(cause)}`, {
      subject: { file: path },
      cause,
    });
  }
}
