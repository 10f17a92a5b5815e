import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/phantom/random.ts';
import { isGood } from '../chaos/chaos-site.ts';
import { FAULTS } from '../chaos/faults.ts';
import { hasDcmtk } from '../dimse/dcmtk.ts';

/** The short form; `npm run chaos` is the long one. Each fault has a node of its own, and they mostly wait. */
describe.skipIf(!hasDcmtk)('whatever goes wrong, nothing acknowledged is lost, doubled or half turned', () => {
  const here = FAULTS.filter(({ name, hindrance }) => {
    if (hindrance !== undefined) console.info(`"${name}" is left out: ${hindrance}`);
    return hindrance === undefined || process.env['CI'] === 'true';
  });

  it.concurrent.each(here)('$name', { timeout: 170_000 }, async ({ name, run }) => {
    const judged = await run({ random: seededRandom(`short ${name}`), kills: 8, killsAtStep: 1 });
    expect(isGood(judged), JSON.stringify(judged)).toBe(true);
  });
});
