import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadKindRules } from '../../src/config/kind-rules-file.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { NodeError } from '../../src/core/errors.ts';
import { ProtocolError } from '../../src/dimse/pdu.ts';
import { readVolume } from '../../src/folder/volume-file.ts';
import { readLabelsTable } from '../../src/labelled/labels-table.ts';
import { readGreyPng } from '../../src/labelled/png-picture.ts';
import { slicePlane } from '../../src/nifti/voxel-grid.ts';
import { pictureOfSlice, voxelFault } from '../../src/nifti/voxels.ts';
import { DataSet } from '../../src/part10/data-set.ts';
import { dicomJsonOf } from '../../src/part10/dicom-json.ts';
import { inspectDataSet } from '../../src/part10/inspect-data-set.ts';
import { readFileMeta } from '../../src/part10/read-file-meta.ts';
import { encodingOf } from '../../src/part10/transfer-syntax.ts';
import { hostilePart10, PATIENT } from './hostile-data-sets.ts';
import { hostileConfig, hostileLabels, hostileNifti, hostilePng } from './hostile-files.ts';
import type { FuzzTarget } from './target.ts';

/** So long may one input hold the thread; a machine that is busy with other things makes everything slower. */
const BLOCKED_MS = 2_500;

/** Only errors of this product come out of a module, soon, and without what an input says. */
async function soundly(work: () => unknown): Promise<void> {
  const startedAt = performance.now();
  try {
    await work();
  } catch (error) {
    if (!(error instanceof NodeError || error instanceof ProtocolError)) throw error;
    if (error.message.includes(PATIENT.slice(0, 8))) throw new Error(`an error quotes its input: ${error.message}`);
  }
  const milliseconds = performance.now() - startedAt;
  if (milliseconds > BLOCKED_MS) throw new Error(`it took ${Math.round(milliseconds)} ms`);
}

/** A target that reads a file by its path. */
function ofFile(name: string, input: FuzzTarget['input'], read: (path: string) => unknown): FuzzTarget {
  return {
    name,
    input,
    open: async () => {
      const folder = await mkdtemp(join(tmpdir(), 'fuzz-file-'));
      return {
        feed: async (bytes) => {
          const path = join(folder, 'input');
          await writeFile(path, bytes);
          await soundly(() => read(path));
        },
        close: () => rm(folder, { recursive: true }),
      };
    },
  };
}

function ofBytes(name: string, input: FuzzTarget['input'], read: (bytes: Buffer) => unknown): FuzzTarget {
  const close = (): Promise<void> => Promise.resolve();
  return { name, input, open: async () => ({ feed: (bytes) => soundly(() => read(bytes)), close }) };
}

/** Arrival, and what a viewer asks for later. */
function readInstance(bytes: Buffer): void {
  const head = readFileMeta(bytes);
  if (head === undefined) return;
  const dataSetBytes = bytes.subarray(head.dataSetOffset);
  inspectDataSet(dataSetBytes, head.meta);
  const encoding = encodingOf(head.meta.transferSyntaxUid);
  if (encoding === undefined || encoding.deflated) return;
  JSON.stringify(dicomJsonOf(DataSet.read(dataSetBytes, encoding), { bulkDataUri: (path) => path, inlineBytes: 64 }));
}

async function readNifti(path: string): Promise<void> {
  const { bytes, header } = await readVolume({ path, relativePath: 'input.nii' } as never);
  slicePlane(header, 0);
  if (voxelFault(header, bytes.length) === undefined) pictureOfSlice(bytes, header, { k: 0, phase: 0 });
}

export const MODULE_TARGETS: readonly FuzzTarget[] = [
  ofBytes('data-set', hostilePart10, readInstance),
  ofFile('yaml', hostileConfig, (file) => loadConfig({ file, env: {} })),
  ofBytes('kind-rules', hostileConfig, (bytes) => loadKindRules('rules: []', bytes.toString('utf8'))),
  ofFile('labels-csv', hostileLabels, readLabelsTable),
  ofFile('png', hostilePng, readGreyPng),
  ofFile('nifti', hostileNifti, readNifti),
];
