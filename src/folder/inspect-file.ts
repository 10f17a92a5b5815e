import { decidedDerivation } from '../app/decided-derivation.ts';
import type { Decision } from '../core/decision/decision.ts';
import { messageOf } from '../core/errors.ts';
import type { Correction } from '../core/orientation/d4.ts';
import { headerOpinion } from '../core/orientation/header-opinion.ts';
import type { SlicePrediction } from '../core/orientation/slice-prediction.ts';
import type { SequenceKind } from '../core/series/sequence-kind.ts';
import { DataSet } from '../part10/data-set.ts';
import { encodingOf } from '../part10/transfer-syntax.ts';
import { type AttributeChange, attributeChanges } from './attribute-changes.ts';
import { decideSeries } from './decide-series.ts';
import type { FolderContext } from './folder-context.ts';
import { type FolderInstance, readDataSet, readFolderInstance } from './folder-instance.ts';
import { seriesOf } from './folder-series.ts';
import type { InputFile } from './input-files.ts';
import type { SeriesReport } from './report.ts';
import { decisionReport } from './series-report.ts';
import { turnInstance } from './turn-group.ts';

/** What one DICOM file is, and what would be done with it if it were a series by itself. No patient data. */
export interface Inspection extends Omit<SeriesReport, 'stackGroup' | 'mode' | 'slices' | 'header'> {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** Name of the rule that told the kind. */
  readonly kindRule: string;
  readonly plane: FolderInstance['header']['plane'] | null;
  readonly planeFault: { readonly attribute: string; readonly fault: string } | null;
  readonly turnFault: { readonly attribute: string; readonly fault: string } | null;
  readonly invalidAttributes: readonly string[];
  readonly header: { readonly code: string; readonly angleDegrees: number; readonly side: number } | null;
  readonly prediction: SlicePrediction | null;
  /** Of geometry and identity, where the file would be turned. */
  readonly changes: readonly AttributeChange[];
}

/**
 * Looks at one file.
 * @throws NodeError not-an-instance, truncated, storage-failed, classifier-failed
 */
export async function inspectFile(input: InputFile, context: FolderContext): Promise<Inspection> {
  const instance = await readFolderInstance(input);
  const [series] = await seriesOf([instance], context.settings);
  const inspections: Inspection[] = [];
  await decideSeries(series === undefined ? [] : [series], context, async ({ members, decision, evidence }) => {
    const [member] = members;
    const row = decisionReport(decision, {
      seriesInstanceUid: instance.header.seriesInstanceUid,
      stackGroup: null,
      kind: evidence.kind,
      mode: 'observe',
      pooled: evidence.pooled?.probabilities,
      slices: [],
    });
    const { stackGroup: _, mode: __, slices: ___, ...told } = row;
    inspections.push({
      ...about(instance),
      ...told,
      header: headerOf(instance),
      kindRule: series?.verdict.rule ?? '',
      reason: member?.failure === undefined ? told.reason : `${told.reason} ${member.failure}`,
      prediction: member?.slices.get(instance) ?? null,
      changes: await changesOf(instance, { ...decision, kind: evidence.kind }, context),
    });
    return [decision];
  });
  return inspections[0] as Inspection;
}

function about({ header, transferSyntaxUid }: FolderInstance) {
  const { sopClassUid, sopInstanceUid, plane, planeFault, turnFault, invalidAttributes } = header;
  return {
    sopClassUid,
    sopInstanceUid,
    transferSyntaxUid,
    plane: plane ?? null,
    planeFault: planeFault ?? null,
    turnFault: turnFault ?? null,
    invalidAttributes,
  };
}

function headerOf({ header: { plane } }: FolderInstance): Inspection['header'] {
  const opinion = plane === undefined ? undefined : headerOpinion(plane);
  if (opinion === undefined) return null;
  return { code: opinion.code, angleDegrees: opinion.angleDegrees, side: opinion.side };
}

async function changesOf(
  instance: FolderInstance,
  { kind, ...decision }: Decision & { readonly kind: SequenceKind },
  { settings, now, classifier }: FolderContext,
): Promise<readonly AttributeChange[]> {
  if (decision.decision !== 'standardize' || decision.correction === undefined) return [];
  const turning: Decision & { readonly correction: Correction } = { ...decision, correction: decision.correction };
  const { model } = await classifier();
  const { derivation, uidPolicy } = settings;
  const record = decidedDerivation(turning, {
    settings: derivation,
    model,
    uidPolicy,
    sourceOfPreviousValues: instance.sourceAeTitle,
    at: now(),
  });
  const encoding = encodingOf(instance.transferSyntaxUid);
  if (encoding === undefined) return [];
  try {
    const turned = await turnInstance(instance, { kind, correction: turning.correction, record });
    return attributeChanges(await readDataSet(instance), DataSet.read(turned.dataSet, encoding));
  } catch (error) {
    return [{ attribute: 'PixelData', from: 'cannot be turned', to: messageOf(error) }];
  }
}
