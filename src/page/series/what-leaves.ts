import type { SeriesDetail } from '../../api/series-detail.ts';
import { type Correction, correctionFor, type OrientationCode, observed } from '../../core/orientation/d4.ts';
import type { Leaving } from '../viewer/viewer.tsx';
import { CODE_WORDS } from '../words.ts';

/** The code that a person would look at first: what was decided, else what the picture shows, else what the header says. */
export function firstCandidate({ decisionOnRecord }: Pick<SeriesDetail, 'decisionOnRecord'>): OrientationCode {
  return decisionOnRecord?.observedCode ?? decisionOnRecord?.picture?.code ?? decisionOnRecord?.header?.code ?? '000';
}

/** The code whose result stands; undefined where nothing that was turned stands. */
export function standingCode({ result, decisionOnRecord }: SeriesDetail): OrientationCode | undefined {
  return result === null ? undefined : (decisionOnRecord?.observedCode ?? undefined);
}

/** What the viewer shows beside the received pictures: the result that stands, or a preview of a candidate. */
export function whatLeaves(detail: SeriesDetail, chosen: OrientationCode | undefined): Leaving {
  const standing = standingCode(detail);
  if (detail.result !== null && (chosen === undefined || chosen === standing)) {
    const { correction, method } = detail.result;
    const how = method === 'relabel' ? 'header put right by a person, then ' : '';
    return { kind: 'result', correction: correction as Correction, note: `${how}turned by ${correction}` };
  }
  const code = chosen ?? firstCandidate(detail);
  const correction = correctionFor(observed(code));
  if (chosen === undefined && detail.decisionOnRecord?.decision !== 'standardize' && code === '000') {
    return { kind: 'as-received', correction, note: 'as it was received' };
  }
  const claims = detail.decisionOnRecord?.header;
  // A header that lies gives letters that lie: told, where somebody compares them with the anatomy.
  const doubt = claims && claims.code !== code ? `; letters as the header has them, which claims ${claims.code}` : '';
  return { kind: 'preview', correction, note: `if the picture shows ${code}, ${CODE_WORDS[code]}${doubt}` };
}
