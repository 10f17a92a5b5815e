import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ORIENTATION_CODES } from '../../src/core/orientation/d4.ts';
import { judgeGeometry } from '../support/geometry-oracle.ts';
import { readPart10, writePart10 } from '../support/part10-files.ts';
import { folderFixture, shortAxis } from './folder-fixture.ts';

const fixture = folderFixture();

async function emptyFolder(): Promise<{ input: string; output: string }> {
  const folder = await mkdtemp(join(fixture.folder, 'case-'));
  await mkdir(join(folder, 'in'));
  return { input: join(folder, 'in'), output: join(folder, 'out') };
}

test('all eight codes of a stack come out in one patient frame, every sample at its place', async () => {
  const { input, output } = await emptyFolder();
  for (const code of ORIENTATION_CODES) {
    await writePart10(shortAxis({ code, study: `study of ${code}` }), join(input, `code-${code}`));
  }
  const { report, unread } = await fixture.standardize(input, output);
  const archived = await readPart10(output);
  const verdict = judgeGeometry(await readPart10(input), archived);
  expect(verdict).toMatchObject({ lost: [], doubled: [], problems: [], turned: 35 });
  expect(unread).toBe(0);
  expect(report.series).toHaveLength(8);
  for (const series of report.series) {
    const code = /code-(\d{3})/.exec(series.slices[0]?.file ?? '')?.[1];
    expect(series).toMatchObject({ kind: 'LGE', observedCode: code, header: { code } });
    expect(series.decision).toBe(code === '000' ? 'pass-through' : 'standardize');
    expect(series.slices).toHaveLength(5);
  }
  const planes = new Set(archived.map(({ elements }) => roundedCosines(elements.string('x00200037'))));
  expect(planes.size).toBe(1);
  expect(new Set(report.inputs.map(({ output: name }) => name))).toHaveLength(40);
});

function roundedCosines(text: string | undefined): string {
  return (text ?? '')
    .split('\\')
    .map((value) => (Number(value) + 0).toFixed(4))
    .join(' ');
}

test('what passes is the received file byte for byte, and what cannot be read is told and kept out of the way', async () => {
  const { input, output } = await emptyFolder();
  const [path] = await writePart10(shortAxis({ code: '000', slices: 3 }), join(input, 'standard'));
  const whole = await readFile(path as string);
  await writeFile(join(input, 'cut.dcm'), whole.subarray(0, 3000));
  await writeFile(join(input, 'empty.dcm'), '');
  await writeFile(join(input, 'notes.txt'), 'no picture');
  await writeFile(join(input, 'broken.nii.gz'), 'no gzip');
  await symlink('..', join(input, 'standard', 'loop'));
  await symlink('nowhere', join(input, 'dangling'));
  const { report, unread } = await fixture.standardize(input, output);
  expect(unread).toBe(5);
  const lost = report.inputs.filter((one) => one.output === null);
  expect(lost.map(({ file }) => file)).toEqual(['broken.nii.gz', 'cut.dcm', 'dangling', 'empty.dcm', 'notes.txt']);
  expect(lost.every(({ reason }) => reason.length > 10)).toBe(true);
  expect(await readFile(join(output, 'standard', '0000.dcm'))).toEqual(whole);
  expect(await readdir(output)).toEqual(['standard']);
});

test('a dry run decides, reports and writes nothing', async () => {
  const { input, output } = await emptyFolder();
  await writePart10(shortAxis({ code: '101' }), input);
  const { report, unread } = await fixture.standardize(input, output, { dryRun: true });
  expect(unread).toBe(0);
  expect(report.series[0]).toMatchObject({
    mode: 'observe',
    decision: 'standardize',
    correction: '110',
    flags: ['observe'],
  });
  expect(report.inputs.every((one) => one.output === null)).toBe(true);
  await expect(readdir(output)).rejects.toThrow('ENOENT');
});

test('a header that lies is told of and passes as received', async () => {
  const { input, output } = await emptyFolder();
  await writePart10(shortAxis({ code: '011', header: 'lying' }), input);
  const { report } = await fixture.standardize(input, output);
  expect(report.series[0]).toMatchObject({ decision: 'pass-through', flags: ['contradiction'], correction: null });
  expect(judgeGeometry(await readPart10(input), await readPart10(output))).toMatchObject({ lost: [], turned: 0 });
});

test('where one series of a group cannot be rewritten, the whole group passes as received', async () => {
  const { input, output } = await emptyFolder();
  const sound = shortAxis({ code: '110', study: 'one group', series: 'magnitude' });
  const [first, ...rest] = shortAxis({ code: '110', study: 'one group', series: 'phase-sensitive' });
  if (first === undefined) throw new Error('no instance');
  // An element out of order, (0008,0070) at the end: such a data set can be read and sent, but not edited.
  const stray = Buffer.from([0x08, 0x00, 0x70, 0x00, 0x4c, 0x4f, 0x02, 0x00, 0x58, 0x20]);
  const odd = { ...first, dataSet: Buffer.concat([first.dataSet, stray]) };
  await writePart10(sound, join(input, 'a'));
  await writePart10([odd, ...rest], join(input, 'b'));
  const { report } = await fixture.standardize(input, output);
  expect(report.series.map(({ decision, stackGroup }) => [decision, stackGroup])).toEqual([
    ['pass-through', 1],
    ['pass-through', 1],
  ]);
  expect(report.series[0]?.flags).toContain('cannot-reorient');
  expect(judgeGeometry(await readPart10(input), await readPart10(output))).toMatchObject({ lost: [], turned: 0 });
});

test('one SOP Instance UID on two pictures keeps its series as received, copies of a file do not', async () => {
  const { input, output } = await emptyFolder();
  const series = shortAxis({ code: '110' });
  await writePart10(series, join(input, 'one'));
  await writePart10(series, join(input, 'copy'));
  const copies = await fixture.standardize(input, output);
  expect(copies.report.series[0]).toMatchObject({ decision: 'standardize' });
  expect(await readFile(join(output, 'one/0001.dcm'))).toEqual(await readFile(join(output, 'copy/0001.dcm')));
  const [first] = series as [(typeof series)[number]];
  const dataSet = Uint8Array.from(first.dataSet);
  dataSet[dataSet.length - 5000] = (dataSet[dataSet.length - 5000] as number) ^ 1;
  await writePart10([{ ...first, dataSet }], join(input, 'other'));
  const { report } = await fixture.standardize(input, join(output, 'again'));
  expect(report.series).toHaveLength(1);
  expect(report.series[0]).toMatchObject({ decision: 'pass-through' });
  expect(report.series[0]?.flags).toContain('duplicate-uid');
});

test('where one instance cannot be turned, its whole series passes as received', async () => {
  const { input, output } = await emptyFolder();
  const series = shortAxis({ code: '110' });
  const [first, ...others] = series as [(typeof series)[number]];
  const dataSet = Buffer.from(first.dataSet);
  // Rows asks for fewer samples than there are.
  const rows = dataSet.indexOf(Buffer.from([0x28, 0x00, 0x10, 0x00, 0x55, 0x53]));
  dataSet.writeUInt16LE(dataSet.readUInt16LE(rows + 8) - 1, rows + 8);
  await writePart10([{ ...first, dataSet }, ...others], input);
  const { report } = await fixture.standardize(input, output);
  expect(report.series[0]).toMatchObject({ decision: 'pass-through' });
  expect(report.series[0]?.flags).toContain('cannot-reorient');
  expect(report.series[0]?.slices).toHaveLength(5);
  expect(await readdir(output)).toHaveLength(5);
});

test('an output that is there is not replaced, unless that was asked for; an input never is', async () => {
  const { input, output } = await emptyFolder();
  await writePart10(shortAxis({ code: '110' }), input);
  await mkdir(output);
  await writeFile(join(output, '0003.dcm'), 'mine');
  await expect(fixture.standardize(input, output)).rejects.toMatchObject({ code: 'storage-failed' });
  expect(await readdir(output)).toEqual(['0003.dcm']);
  const { report } = await fixture.standardize(input, output, { overwrite: true });
  expect(report.series[0]?.decision).toBe('standardize');
  await expect(fixture.standardize(input, input, { overwrite: true })).rejects.toMatchObject({ code: 'bad-request' });
  const link = join(output, '..', 'link');
  await symlink(input, link);
  await expect(fixture.standardize(input, link, { overwrite: true })).rejects.toMatchObject({ code: 'bad-request' });
  const inside = join(input, 'out');
  await fixture.standardize(input, inside);
  expect((await fixture.standardize(input, inside, { overwrite: true })).report.inputs).toHaveLength(5);
});

test('a single file goes to a file or into a folder', async () => {
  const { input, output } = await emptyFolder();
  const [path] = await writePart10(shortAxis({ code: '110', slices: 1 }), input);
  const { report } = await fixture.standardize(path as string, join(output, 'turned.dcm'));
  expect(report.inputs).toMatchObject([{ file: '0000.dcm', output: 'turned.dcm' }]);
  expect((await fixture.standardize(path as string, output)).report.inputs[0]?.output).toBe('0000.dcm');
  expect((await readdir(output)).sort()).toEqual(['0000.dcm', 'turned.dcm']);
});

test('a series whose header does not tell its kind passes, and is looked at where a person tells it', async () => {
  const { input, output } = await emptyFolder();
  const silent = shortAxis({ code: '110', seriesDescription: '' }).map((instance) => {
    const dataSet = Buffer.from(instance.dataSet);
    for (const element of [0x20, 0x21, 0x22, 0x24, 0x80, 0x81, 0x82]) blank(dataSet, 0x0018, element);
    blank(dataSet, 0x0018, 0x1030);
    blank(dataSet, 0x0018, 0x1060);
    return { ...instance, dataSet };
  });
  await writePart10(silent, input);
  const first = await fixture.standardize(input, output);
  expect(first.report.series[0]).toMatchObject({ kind: 'other', slices: [], probabilities: null, sax: null });
  const told = await fixture.standardize(input, join(output, 'told'), { kind: 'LGE' });
  expect(told.report.series[0]).toMatchObject({ kind: 'LGE', decision: 'standardize', observedCode: '110' });
});

/** Fills the value of a short-form element in explicit VR with blanks. */
function blank(dataSet: Buffer, group: number, element: number): void {
  const tag = Buffer.from([group & 0xff, group >> 8, element & 0xff, element >> 8]);
  const at = dataSet.indexOf(tag);
  if (at >= 0) dataSet.fill(0x20, at + 8, at + 8 + dataSet.readUInt16LE(at + 6));
}
