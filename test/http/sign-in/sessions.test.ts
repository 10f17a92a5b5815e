import { describe, expect, test } from 'vitest';
import { Sessions } from '../../../src/http/sign-in/sessions.ts';

const anna = { name: 'anna', role: 'reviewer' } as const;
const MINUTE = 60_000;

function sessions() {
  const clock = { ms: 1_000_000 };
  const limits = { idleMs: 30 * MINUTE, absoluteMs: 60 * MINUTE, perPerson: 2, total: 3, now: () => clock.ms };
  return { clock, kept: new Sessions(limits) };
}

describe('sessions', () => {
  test('are found by their id, and by nothing near it', () => {
    const { kept } = sessions();
    const { id, session } = kept.begin(anna);
    expect(id).toMatch(/^[\w-]{43}$/);
    expect(session.csrfToken).not.toBe(id);
    expect(kept.find(id)?.asker).toEqual(anna);
    for (const wrong of ['', id.slice(1), `${id}=`, session.csrfToken]) expect(kept.find(wrong)).toBeUndefined();
  });

  test('are over after the idle time, which begins anew with each use but not with a look', () => {
    const { clock, kept } = sessions();
    const { id } = kept.begin(anna);
    clock.ms += 29 * MINUTE;
    expect(kept.use(id)).toBeDefined();
    clock.ms += 29 * MINUTE;
    expect(kept.find(id)).toBeDefined();
    clock.ms += MINUTE;
    expect(kept.find(id)).toBeUndefined();
    expect(kept.use(id)).toBeUndefined();
  });

  test('are over after their absolute time, however much they are used', () => {
    const { clock, kept } = sessions();
    const { id } = kept.begin(anna);
    for (let minutes = 0; minutes < 59; minutes++) {
      clock.ms += MINUTE;
      expect(kept.use(id)).toBeDefined();
    }
    expect(kept.find(id)?.expiresAt).toBe(clock.ms + MINUTE);
    clock.ms += MINUTE;
    expect(kept.use(id)).toBeUndefined();
  });

  test('end when they are told to', () => {
    const { kept } = sessions();
    const { id } = kept.begin(anna);
    kept.end(id);
    expect(kept.find(id)).toBeUndefined();
  });

  test('of one person, and of all, make room by ending the one used longest ago', () => {
    const { kept } = sessions();
    const first = kept.begin(anna).id;
    const second = kept.begin(anna).id;
    kept.use(first);
    const third = kept.begin(anna).id;
    expect([first, second, third].map((id) => kept.find(id) !== undefined)).toEqual([true, false, true]);
    const bert = kept.begin({ name: 'bert', role: 'viewer' }).id;
    const carl = kept.begin({ name: 'carl', role: 'viewer' }).id;
    expect([first, third, bert, carl].map((id) => kept.find(id) !== undefined)).toEqual([false, true, true, true]);
  });
});
