import type { SeriesDetail } from '../../api/series-detail.ts';
import { type Correction, correctionFor, type OrientationCode, observed } from '../../core/orientation/d4.ts';
import type { Leaving } from '../viewer/leaving.ts';
import { CODE_WORDS } from '../words.ts';

/** The code that a person would look at first: what was decided, else what the picture shows, else what the header says. */
export function firstCandidate({ decisionOnRecord }: Pick<SeriesDetail, 'decisionOnRecord'>): OrientationCode {
  return decisionOnRecord?.observedCode ?? decisionOnRecord?.picture?.code ?? decisionOnRecord?.header?.code ?? '000';
}

/** The code whose result stands; undefined where nothing that was turned stands. */
export function standingCode({ result, decisionOnRecord }: SeriesDetail): OrientationCode | undefined {
  return result === null ? undefined : (decisionOnRecord?.observedCode ?? undefined);
}

/** Whether the series leaves as it was received and nobody is asked for another opinion. */
function isLeftForGood({ result, decision, decisionOnRecord, metricReason }: SeriesDetail): boolean {
  if (result !== null || decision !== 'pass-through' || decisionOnRecord === null) return false;
  if (decisionOnRecord.by !== null) return true;
  return metricReason === 'standard' || metricReason === 'not-eligible' || metricReason === 'not-short-axis';
}

/** What the viewer shows beside the received pictures: the result that stands, or a preview of a candidate. */
export function whatLeaves(detail: SeriesDetail, chosen: OrientationCode | undefined): Leaving {
  const standing = standingCode(detail);
  if (detail.result !== null && (chosen === undefined || chosen === standing)) {
    const { correction, method } = detail.result;
    const how = method === 'relabel' ? 'header put right by a person, then ' : '';
    return { kind: 'result', correction: correction as Correction, note: `${how}turned by ${correction}` };
  }
  if (chosen === undefined && isLeftForGood(detail)) {
    return { kind: 'as-received', correction: correctionFor(observed('000')), note: 'as it was received' };
  }
  const code = chosen ?? firstCandidate(detail);
  const correction = correctionFor(observed(code));
  // A header that lies gives letters that lie: told where somebody compares them with the anatomy.
  const doubt = detail.flags.includes('contradiction') ? ' (letters by the header)' : '';
  return { kind: 'preview', correction, note: `if the picture shows ${code}, ${CODE_WORDS[code]}${doubt}` };
}
