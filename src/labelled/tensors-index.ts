import { headerOpinion } from '../core/orientation/header-opinion.ts';
import { squareExtentMm } from '../core/pixels/classifier-grid.ts';
import { HEART_STRUCTURES, type HeartStructure, type LabelledPicture } from './labelled-picture.ts';

type Cell = string | number | boolean | undefined;

const STRUCTURE_NAMES: Readonly<Record<HeartStructure, string>> = {
  leftVentricle: 'left_ventricle',
  myocardium: 'myocardium',
  rightVentricle: 'right_ventricle',
};

const COLUMNS = [
  'row',
  'file',
  'subject',
  'series',
  'position',
  'phase',
  'kind',
  'code',
  'short_axis',
  'near_border',
  'quality',
  'angle_degrees',
  'masks',
  'side',
  'header_code',
  'header_angle_degrees',
  'extent_mm',
] as const;

export const INDEX_HEADING = `${COLUMNS.join(',')}\n`;

/** The line of `index.csv` that belongs to one row of the arrays. What is not known is empty. */
export function indexLine(row: number, picture: LabelledPicture): string {
  const { plane, image, masks } = picture;
  const opinion = plane === undefined ? undefined : headerOpinion(plane);
  const spacingKnown = plane !== undefined || image.rowSpacingMm !== 1 || image.columnSpacingMm !== 1;
  const cells: Record<(typeof COLUMNS)[number], Cell> = {
    row,
    file: picture.file,
    subject: picture.subject,
    series: picture.series,
    position: picture.position,
    phase: picture.phase,
    kind: picture.kind,
    code: picture.code,
    short_axis: picture.shortAxis,
    near_border: picture.nearBorder,
    quality: picture.quality,
    angle_degrees: picture.angleDegrees,
    masks: HEART_STRUCTURES.filter((structure) => masks[structure] !== undefined)
      .map((structure) => STRUCTURE_NAMES[structure])
      .join(' '),
    side: opinion?.side,
    header_code: opinion?.code,
    header_angle_degrees: opinion?.angleDegrees,
    extent_mm: spacingKnown ? squareExtentMm(image) : undefined,
  };
  return `${COLUMNS.map((column) => cellText(cells[column])).join(',')}\n`;
}

function cellText(value: Cell): string {
  if (value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return String(Number(value.toFixed(4)));
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
