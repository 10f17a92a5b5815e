import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { acceptedAdvisories, judgeAudit, type Verdict } from './audit-policy.ts';

const TODAY = '2026-11-21';

/** As npm 11 writes it: a weakness of one package, and another package that has it through the first. */
function report(severity: string, id = 'GHSA-aaaa-bbbb-cccc'): string {
  const url = `https://github.com/advisories/${id}`;
  const via = [{ source: 1, name: 'deep', dependency: 'deep', title: 'Reads too far', url, severity, range: '<2' }];
  return JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities: {
      deep: { name: 'deep', severity, isDirect: false, via, effects: ['near'], range: '<2', fixAvailable: true },
      near: { name: 'near', severity, isDirect: true, via: ['deep'], effects: [], range: '*', fixAvailable: true },
    },
    metadata: { vulnerabilities: { high: 2, total: 2 } },
  });
}

function accept(until: string, advisory = 'GHSA-aaaa-bbbb-cccc') {
  return [{ advisory, reason: 'only reached by a function that is not called', until }];
}

function known(verdict: Verdict) {
  if (!verdict.known) throw new Error(verdict.why);
  return verdict;
}

describe('the policy for known weaknesses of dependencies', () => {
  it.each(['high', 'critical'])('refuses one that is %s, once', (severity) => {
    expect(known(judgeAudit(report(severity), [], TODAY)).refused).toEqual([
      { id: 'GHSA-aaaa-bbbb-cccc', package: 'deep', severity, title: 'Reads too far' },
    ]);
  });

  it.each(['info', 'low', 'moderate'])('tells one that is %s', (severity) => {
    expect(known(judgeAudit(report(severity), [], TODAY))).toMatchObject({ refused: [], lesser: [{ severity }] });
  });

  it('lets pass what somebody accepted, up to the last day of that', () => {
    expect(known(judgeAudit(report('high'), accept(TODAY), TODAY))).toMatchObject({
      refused: [],
      accepted: [{}],
      stale: [],
    });
    expect(known(judgeAudit(report('high'), accept('2026-11-20'), TODAY))).toMatchObject({
      refused: [{ id: 'GHSA-aaaa-bbbb-cccc' }],
      stale: [{ until: '2026-11-20' }],
    });
    expect(known(judgeAudit(report('high'), accept(TODAY, 'GHSA-other'), TODAY))).toMatchObject({ refused: [{}] });
  });

  it('knows nothing where the registry gives no answer, and says so', () => {
    const refusal = '{ "message": "405 Method Not Allowed - POST https://registry.example.org/", "statusCode": 405 }';
    expect(judgeAudit(refusal, [], TODAY)).toEqual({
      known: false,
      why: '405 Method Not Allowed - POST https://registry.example.org/',
    });
    for (const text of ['', 'npm error', '{}', '[]']) {
      expect(judgeAudit(text, [], TODAY)).toEqual({ known: false, why: 'npm audit gave no report' });
    }
  });

  it('has reasons and days for all that is accepted', () => {
    const text = readFileSync(new URL('accepted.json', import.meta.url), 'utf8');
    expect(() => acceptedAdvisories.parse(JSON.parse(text))).not.toThrow();
    expect(acceptedAdvisories.safeParse([{ advisory: 'GHSA-x', reason: 'no', until: 'later' }]).success).toBe(false);
  });
});
