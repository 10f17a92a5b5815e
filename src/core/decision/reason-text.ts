import type { OrientationCode } from '../orientation/d4.ts';
import { type Evidence, type PictureAngle, usableHeader } from './decision.ts';
import type { Finding } from './finding.ts';

/** What a code means to somebody who looks at the picture. */
export const CODE_WORDS: Readonly<Record<OrientationCode, string>> = {
  '000': 'the standard picture',
  '001': 'the standard picture mirrored left to right',
  '010': 'the standard picture mirrored top to bottom',
  '011': 'the standard picture turned upside down (180°)',
  '100': 'the standard picture mirrored along the diagonal from upper left to lower right',
  '101': 'the standard picture turned 90° clockwise',
  '110': 'the standard picture turned 90° counter-clockwise',
  '111': 'the standard picture mirrored along the diagonal from lower left to upper right',
};

function inWords(code: OrientationCode | undefined): string {
  return code === undefined ? 'nothing certain' : `${CODE_WORDS[code]} (code ${code})`;
}

function fate(finding: Finding): string {
  return finding.action === 'hold-for-review' ? 'the series is held for review' : 'the series passes as received';
}

function geometryFaultText({ geometryFault }: Evidence): string {
  return geometryFault === undefined
    ? 'Its geometry header is missing'
    : `${geometryFault.attribute} ${geometryFault.fault}`;
}

function turnedText(evidence: Evidence, finding: Finding): string {
  const shown = `The series shows ${inWords(finding.observedCode)} and is turned to the standard picture`;
  if (usableHeader(evidence) === undefined) {
    const border = finding.flags.includes('near-border')
      ? ' The heart lies near 45°, between two directions that are both harmless; the more probable one was taken.'
      : '';
    return `${shown}, by the picture alone.${border}`;
  }
  if (finding.flags.includes('near-border')) return `${shown}; the heart lies near 45°, so geometry decided.`;
  return `${shown}.`;
}

function standardText(evidence: Evidence, finding: Finding): string {
  const header = usableHeader(evidence);
  if (header === undefined && finding.flags.includes('near-border')) {
    return 'By the picture alone the heart lies near 45°, where turning it would change little; it is left as it is.';
  }
  if (finding.flags.includes('near-border') || (header !== undefined && header.code !== '000')) {
    return 'The heart lies near 45°; by its geometry the series is standard enough and is left as it is.';
  }
  return 'The series shows the standard picture already.';
}

function notShortAxisText(evidence: Evidence, finding: Finding): string {
  const header = usableHeader(evidence);
  if (finding.observedCode === undefined || header === undefined) {
    return 'The pictures do not look like short-axis slices of a heart; the series passes as received.';
  }
  return `The plane does not lie like a short axis of a heart (side ${header.side.toFixed(2)}); the series passes as received.`;
}

function uncertainText(evidence: Evidence, finding: Finding): string {
  if (evidence.pooled?.contradictory === true) return `Its slices contradict each other; ${fate(finding)}.`;
  return usableHeader(evidence) === undefined
    ? `${geometryFaultText(evidence)}, and the picture alone is not sure enough of the orientation; ${fate(finding)}.`
    : `Picture and geometry header together are not sure of the orientation; ${fate(finding)}.`;
}

function findingText(evidence: Evidence, finding: Finding): string {
  const shown = inWords(finding.observedCode);
  switch (finding.reason) {
    case 'turned':
      return turnedText(evidence, finding);
    case 'standard':
      return standardText(evidence, finding);
    case 'not-eligible':
      return 'The series is no short-axis cine, LGE or T2-weighted series by its header; it passes as received.';
    case 'not-short-axis':
      return notShortAxisText(evidence, finding);
    case 'possible-situs-variant':
      return `The picture shows ${shown} on a plane that does not have that side in a usual heart, possibly a situs variant; the series passes as received.`;
    case 'contradiction':
      return `The picture shows ${shown}, but the geometry header says ${inWords(usableHeader(evidence)?.code)}; ${fate(finding)}.`;
    case 'uncertain':
      return uncertainText(evidence, finding);
    case 'no-geometry':
      return `${geometryFaultText(evidence)}; the picture shows ${shown}; ${fate(finding)}.`;
    case 'few-slices':
      return `The picture shows ${shown}, but in too few slice positions (${evidence.positions}) and without an agreeing geometry header; ${fate(finding)}.`;
    case 'classifier-failed':
      return 'The recogniser gave no answer; the series passes as received.';
    case 'mixed-planes':
    case 'duplicate-uid':
    case 'cannot-reorient':
    case 'reviewed':
      return '';
    default:
      return finding.reason satisfies never;
  }
}

function differenceText({ angleDifferenceDegrees: difference }: PictureAngle): string {
  return difference === undefined ? '' : ` Picture and header differ by ${Math.abs(difference).toFixed(0)}°.`;
}

/** One to three plain sentences: what forbids turning the series, if anything does, and what it shows. */
export function reasonText(evidence: Evidence, finding: Finding & PictureAngle, obstacles: readonly string[]): string {
  const [obstacle] = obstacles;
  if (obstacle === undefined) return `${findingText(evidence, finding)}${differenceText(finding)}`;
  if (obstacle === 'duplicate-uid') {
    return 'One SOP Instance UID arrived with different Pixel Data, so the series is not turned and passes as received.';
  }
  if (obstacle === 'mixed-planes') {
    return 'The series holds differently oriented stacks, so it is not turned and passes as received.';
  }
  const { attribute, reason } = evidence.unturnable ?? { attribute: '', reason: '' };
  const shown = evidence.pooled === undefined ? '' : ` The picture shows ${inWords(finding.observedCode)}.`;
  return `The series cannot be turned and passes as received: ${attribute} ${reason}.${shown}`;
}
