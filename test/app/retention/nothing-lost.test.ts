import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RetentionDuty } from '../../../src/app/retention/retention-duty.ts';
import { RecordingArchive, RunningApp, type Sent, ToldClassifier, temporaryFolder } from '../../support/running-app.ts';
import { smallSax, smallScout } from '../../support/small-study.ts';

const HOUR = 3_600_000;
const turned = smallSax('101');
const SERIES: readonly (readonly Sent[])[] = [
  turned,
  smallScout({ series: 'one' }),
  smallScout({ series: 'two' }),
  smallSax('000', { series: 'unclear', sequence: 'T2' }),
];

type Step =
  | { readonly do: 'send'; readonly series: number }
  | { readonly do: 'toggle'; readonly archive: number }
  | { readonly do: 'wait'; readonly hours: number }
  | { readonly do: 'sweep' | 'make-room' };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('send' as const), series: fc.nat(SERIES.length - 1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('toggle' as const), archive: fc.nat(1) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), hours: fc.constantFrom(1, 30, 800) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('sweep' as const, 'make-room' as const) }) },
);

/** Every data set that is in the spool; a repeat that was just told from the first may go while this looks. */
async function spooled(folder: string): Promise<readonly Buffer[]> {
  const entries = await readdir(join(folder, 'spool'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name)).catch(() => Buffer.of())));
}

test('whatever comes, fails, waits and is swept: what is not in the spool is in every archive, byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 16 }), async (steps) => {
      const folder = await temporaryFolder();
      const archives = [new RecordingArchive('one'), new RecordingArchive('two')];
      const classifier = new ToldClassifier();
      classifier.tell(turned, '101');
      // Nobody is sure of what it shows, and a person is asked.
      classifier.tell(SERIES[3]!, '011');
      let clock = Date.now();
      const app = await RunningApp.start({ folder: folder.path, classifier, archives, now: () => clock });
      const duty = new RetentionDuty(app.context, {
        settings: { days: 14, originalsOfTurnedDays: null, freeBytes: 1 },
        free: async () => 0,
        steady: () => clock,
        onBack: () => app.wake(),
      });
      const sent = new Set<number>();
      try {
        for (const one of [...steps, { do: 'sweep' } as const]) {
          if (one.do === 'send') {
            sent.add(one.series);
            await app.receive(SERIES[one.series]!);
          } else if (one.do === 'toggle') {
            const archive = archives[one.archive]!;
            archive.isDown = !archive.isDown;
            app.wake();
          } else if (one.do === 'wait') {
            duty.wake();
            await new Promise((resolve) => setTimeout(resolve, 150));
            clock += one.hours * HOUR;
          } else if (one.do === 'sweep') await duty.sweep();
          else await duty.makeRoom();
          const held = await spooled(folder.path);
          for (const series of sent) {
            for (const instance of SERIES[series]!) {
              const inSpool = held.some((file) => file.includes(Buffer.from(instance.dataSet)));
              if (series === 0 || series === 3) expect(inSpool, 'turned, or waiting for a person').toBe(true);
              else if (!inSpool) for (const archive of archives) expect(archive.holds(instance)).toBe(true);
            }
          }
        }
        for (const archive of archives) archive.isDown = false;
        clock += HOUR;
        app.wake();
        duty.wake();
        await app.settled();
        // All that was acknowledged arrived, and every repeat has the bytes of the first.
        for (const archive of archives) {
          expect(archive.holdings.size).toBe([...sent].reduce((count, series) => count + SERIES[series]!.length, 0));
          const first = new Map<string, Buffer>();
          for (const { sopInstanceUid, dataSet } of archive.received) {
            expect(first.get(sopInstanceUid)?.equals(dataSet) ?? true).toBe(true);
            first.set(sopInstanceUid, dataSet);
          }
        }
      } finally {
        await duty.close();
        await app.close();
        await folder.remove();
      }
    }),
    { numRuns: 12, endOnFailure: true },
  );
}, 120_000);
