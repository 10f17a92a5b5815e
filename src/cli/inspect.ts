import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Config } from '../config/config-schema.ts';
import { effectiveConfig, shownConfig } from '../config/effective-config.ts';
import { clearTextWays } from '../config/transport-checks.ts';
import { NodeError } from '../core/errors.ts';
import { ORIENTATION_CODES } from '../core/orientation/d4.ts';
import { codeOf } from '../folder/input-files.ts';
import { type Inspection, inspectFile } from '../folder/inspect-file.ts';
import { inspectVolume, type VolumeInspection } from '../folder/inspect-volume.ts';
import { isVolumeName } from '../folder/volume-file.ts';
import { commandConfig } from './command-config.ts';
import { EXIT } from './exit-codes.ts';
import { type Choices, folderSettings } from './folder-settings.ts';
import { plainLog, tellsProviders } from './plain-log.ts';
import { recogniser } from './recogniser.ts';

export interface InspectOptions extends Pick<Choices, 'kind' | 'onMissingGeometry'> {
  readonly config?: string | undefined;
  readonly model?: string | undefined;
  readonly json: boolean;
  readonly verbose?: boolean | undefined;
}

/**
 * `cmr-node inspect FILE`: what one file is, and what would be done with it by itself. Without a file: the configuration
 * that is in effect.
 */
export async function inspect(file: string | undefined, options: InspectOptions): Promise<number> {
  const config = commandConfig(options.config);
  if (file !== undefined) return inspectOne(file, config, options);
  for (const way of clearTextWays(config)) process.stderr.write(`clear-text: not encrypted on the network: ${way}\n`);
  process.stdout.write(options.json ? `${JSON.stringify(shownConfig(config), null, 2)}\n` : effectiveConfig(config));
  return EXIT.ok;
}

async function inspectOne(file: string, config: Config, options: InspectOptions): Promise<number> {
  await assertFile(file);
  const log = plainLog((line) => process.stderr.write(line), tellsProviders(config, options.verbose));
  const recognises = await recogniser(config, { model: options.model, log });
  try {
    const { correlation } = recognises.manifest.pooling;
    const settings = await folderSettings(config, { ...options, dryRun: true, overwrite: false }, correlation);
    const progress = { phase: () => undefined, step: () => undefined };
    const context = { settings, classifier: recognises.classifier, progress, now: Date.now };
    const input = { path: file, file: basename(file) };
    const inspection = isVolumeName(file) ? await inspectVolume(input, context) : await inspectFile(input, context);
    process.stdout.write(options.json ? `${JSON.stringify(inspection, null, 2)}\n` : inWords(inspection));
    return EXIT.ok;
  } finally {
    await recognises.close();
  }
}

async function assertFile(file: string): Promise<void> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new NodeError('bad-request', `the file cannot be read: ${codeOf(cause)}`, { subject: { file }, cause });
  });
  if (found.isFile()) return;
  const message = found.isDirectory()
    ? 'this is a folder; for folders there is cmr-node standardize IN OUT --dry-run'
    : 'this is not a file';
  throw new NodeError('bad-request', message, { subject: { file } });
}

function inWords(inspection: Inspection | VolumeInspection): string {
  const { header, plane, planeFault } = inspection;
  const lines: [string, string][] = [
    ...('sopClassUid' in inspection ? instanceLines(inspection) : volumeLines(inspection)),
    ['Kind', `${inspection.kind} (rule ${inspection.kindRule})`],
    [
      'Plane',
      plane === null || plane === undefined
        ? `none: ${planeFault?.attribute} ${planeFault?.fault}`
        : `position ${inMillimetres(plane.imagePositionPatient)}, rows along ${inMillimetres(plane.rowCosines)}, columns along ${inMillimetres(plane.columnCosines)}`,
    ],
    [
      'Header says',
      header === null
        ? 'nothing'
        : `code ${header.code}, ${header.angleDegrees.toFixed(1)}° from it, side ${header.side.toFixed(3)}`,
    ],
    ['Picture says', probabilitiesInWords(inspection)],
    ['Decision', `${inspection.decision}${inspection.flags.length > 0 ? ` [${inspection.flags.join(', ')}]` : ''}`],
    ['', inspection.reason],
  ];
  const text = lines.map(([name, value]) => `${name.padEnd(16)}${value}`.trimEnd());
  const changes = 'changes' in inspection ? inspection.changes : [];
  const width = Math.max(...changes.map(({ attribute }) => attribute.length)) + 2;
  const changed = changes.map(({ attribute, from, to }) => `  ${attribute.padEnd(width)}${from || '(empty)'} -> ${to}`);
  return [...text, ...(changed.length > 0 ? ['Would change', ...changed, ...BESIDES] : []), ''].join('\n');
}

/** What every turned instance gets, and what is too long to print. */
const BESIDES = [
  'Besides         Pixel Data, icon, overlays and shutter where there are any; Derivation Description, Source Image,',
  '                Original Attributes and Contributing Equipment Sequence, Instance Creation Date and Time',
];

function instanceLines(inspection: Inspection): [string, string][] {
  const { turnFault, invalidAttributes } = inspection;
  return [
    ['SOP Class', inspection.sopClassUid],
    ['SOP Instance', inspection.sopInstanceUid],
    ['Transfer Syntax', inspection.transferSyntaxUid],
    ...(turnFault === null ? [] : [['Not turned', `${turnFault.attribute} ${turnFault.fault}`] as [string, string]]),
    ...(invalidAttributes.length === 0 ? [] : [['Invalid', invalidAttributes.join(', ')] as [string, string]]),
  ];
}

function volumeLines({ size, phases, datatype }: VolumeInspection): [string, string][] {
  return [['NIfTI volume', `${size.join(' × ')} voxels, ${phases} phases, data type ${datatype}`]];
}

function probabilitiesInWords({ probabilities, sax, angleDegrees }: Inspection | VolumeInspection): string {
  if (probabilities === null) return 'nothing: it was not looked at';
  const ranked = ORIENTATION_CODES.map((code, index) => ({ code, probability: probabilities[index] ?? 0 }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, 3);
  const codes = ranked.map(({ code, probability }) => `${code} ${probability.toFixed(4)}`).join(', ');
  const angle = angleDegrees === null ? '' : `; ${angleDegrees.toFixed(1)}° from down`;
  return `${codes}; short-axis score ${sax?.toFixed(3) ?? 'none'}${angle}`;
}

function inMillimetres(values: readonly number[]): string {
  return `(${values.map((value) => Number(value.toFixed(4))).join(' ')})`;
}
