import { type ImagePlane, sliceNormal } from '../core/geometry/image-plane.ts';
import { dot } from '../core/geometry/vector.ts';
import { type OrientationCode, stepsOf } from '../core/orientation/d4.ts';
import { encodeDataSet, type LittleEndianEncoding } from './encode-data-set.ts';
import { type InstanceFacts, instanceElements, instanceUids, MR_IMAGE_STORAGE } from './instance-elements.ts';
import { applyCode, lyingPlane } from './picture-code.ts';
import { DEFAULT_MATRIX, type Matrix, type PlaneKind, phantomPlane, sliceSpacing } from './planes.ts';
import { renderSlice } from './render-slice.ts';
import { type PhantomSequence, scanProtocol } from './scan-protocol.ts';
import { makeSubject, personName, type Subject, type SubjectOptions } from './variation.ts';

export type HeaderHonesty = 'honest' | 'lying';

export interface PhantomSeriesOptions extends SubjectOptions {
  readonly plane: PlaneKind;
  readonly sequence: PhantomSequence;
  /** Default 10 short axes, else one. */
  readonly slices?: number;
  /** Default 20 for cine, else one. */
  readonly phases?: number;
  /** What is done to the natural picture; default 000. */
  readonly code?: OrientationCode;
  /** `lying`: the pixels are turned, the header says that they were not. */
  readonly header?: HeaderHonesty;
  readonly matrix?: Matrix;
  readonly noise?: number;
  readonly wrap?: number;
  readonly encoding?: LittleEndianEncoding;
  /** Names the study and its Frame of Reference, which its series share. Default one study for each made-up person. */
  readonly study?: string;
  /** Names the series in its study; default from all options but the encoding. */
  readonly series?: string;
  readonly seriesNumber?: number;
  readonly seriesDescription?: string;
}

export interface PhantomTruth {
  /** What was done to the natural picture; that is the standard picture for a short axis of situs solitus. */
  readonly code: OrientationCode;
  readonly header: HeaderHonesty;
  readonly plane: PlaneKind;
  readonly sequence: PhantomSequence;
  readonly situs: 'solitus' | 'inversus';
  readonly axialLike: boolean;
  /** Where the stored matrix really lies, whatever the header says. */
  readonly imagePlane: ImagePlane;
  readonly sliceIndex: number;
  readonly phaseIndex: number;
}

export interface PhantomInstance {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  /** The data set as it goes over the wire, without File Meta Information. */
  readonly dataSet: Uint8Array;
  readonly truth: PhantomTruth;
}

const TRANSFER_SYNTAX: Readonly<Record<LittleEndianEncoding, string>> = {
  explicit: '1.2.840.10008.1.2.1',
  implicit: '1.2.840.10008.1.2',
};

/** A whole series, slice by slice and phase by phase, as a scanner sends it. */
export function phantomSeries(options: PhantomSeriesOptions): readonly PhantomInstance[] {
  return [...phantomInstances(options)];
}

/** The instances of `phantomSeries` one at a time, for series that are not wanted in memory at once. */
export function* phantomInstances(options: PhantomSeriesOptions): Generator<PhantomInstance> {
  const subject = makeSubject(options);
  const slices = options.slices ?? (options.plane === 'sax' ? 10 : 1);
  const phases = options.phases ?? (options.sequence === 'cine' ? 20 : 1);
  for (let slice = 0; slice < slices; slice++) {
    for (let phase = 0; phase < phases; phase++) {
      yield makeInstance(options, subject, { slice, slices, phase, phases });
    }
  }
}

interface Place {
  readonly slice: number;
  readonly slices: number;
  readonly phase: number;
  readonly phases: number;
}

function makeInstance(options: PhantomSeriesOptions, subject: Subject, place: Place): PhantomInstance {
  const { code = '000', header = 'honest', encoding = 'explicit', matrix = DEFAULT_MATRIX } = options;
  const natural = phantomPlane(subject, { kind: options.plane, index: place.slice, count: place.slices, matrix });
  const samples = renderSamples(options, subject, { place, plane: natural });
  const turned = applyCode({ plane: natural, samples }, code);
  const claimed = header === 'honest' ? turned.plane : lyingPlane(natural, turned.plane);
  const facts: InstanceFacts = {
    ...seriesFacts(options, subject, place),
    plane: claimed,
    phaseEncodingAlongColumns: header === 'lying' || !stepsOf(code).transpose,
    sliceLocation: dot(sliceNormal(natural), natural.imagePositionPatient),
    samples: turned.samples,
  };
  return {
    ...instanceUids(facts),
    sopClassUid: MR_IMAGE_STORAGE,
    transferSyntaxUid: TRANSFER_SYNTAX[encoding],
    dataSet: encodeDataSet(instanceElements(facts), encoding),
    truth: {
      code,
      header,
      plane: options.plane,
      sequence: options.sequence,
      situs: subject.mirrored ? 'inversus' : 'solitus',
      axialLike: subject.axialLike,
      imagePlane: turned.plane,
      sliceIndex: place.slice,
      phaseIndex: place.phase,
    },
  };
}

function renderSamples(
  { plane: kind, sequence, noise, wrap }: PhantomSeriesOptions,
  subject: Subject,
  { place, plane }: { place: Place; plane: ImagePlane },
): Uint16Array {
  const { contrast, thicknessMm } = scanProtocol(sequence, kind);
  const { image } = renderSlice({
    subject,
    plane,
    phase: phaseOf(sequence, kind, place),
    contrast,
    thicknessMm,
    noiseSeed: `${subject.seed} ${kind} ${sequence} ${place.slice} ${place.phase}`,
    ...(noise === undefined ? {} : { noise }),
    ...(wrap === undefined ? {} : { wrap }),
  });
  return Uint16Array.from(image.samples);
}

function phaseOf(sequence: PhantomSequence, kind: PlaneKind, { phase, phases }: Place): number {
  return phases > 1 ? phase / phases : scanProtocol(sequence, kind).restingPhase;
}

/** Series that differ in anything but their encoding are different series. */
function seriesName({ encoding: _, ...options }: PhantomSeriesOptions): string {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

type SeriesFacts = Omit<InstanceFacts, 'plane' | 'phaseEncodingAlongColumns' | 'sliceLocation' | 'samples'>;

function seriesFacts(options: PhantomSeriesOptions, subject: Subject, place: Place): SeriesFacts {
  const { plane: kind, sequence } = options;
  const protocol = scanProtocol(sequence, kind);
  return {
    study: options.study ?? personName(options),
    subject: personName(options),
    series: options.series ?? seriesName(options),
    seriesNumber: options.seriesNumber ?? 1,
    description: options.seriesDescription ?? protocol.description,
    protocol,
    instanceNumber: place.slice * place.phases + place.phase + 1,
    imagesInAcquisition: place.slices * place.phases,
    sliceSpacing: sliceSpacing(subject, kind, place.slices),
    phaseIndex: place.phase,
    phases: place.phases,
    phase: phaseOf(sequence, kind, place),
    heartRate: subject.heartRate,
  };
}
