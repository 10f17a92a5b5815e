import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Caller, type CallerRule, callerFault } from '../../src/dimse/caller-rules.ts';

const CALLER: Caller = {
  aeTitle: 'MR1',
  address: '10.1.2.3',
  certificateSubject: { CN: 'mr1', O: 'Hospital', OU: ['MR', 'Radiology'] },
};

describe('rules of who may call', () => {
  test.each<[CallerRule, ReturnType<typeof callerFault>]>([
    ['MR1', undefined],
    ['*', undefined],
    ['MR2', 'calling-ae-title'],
    [{ aeTitle: 'MR1' }, undefined],
    [{ addresses: ['10.1.2.3'] }, undefined],
    [{ addresses: ['192.168.0.0/16', '10.1.0.0/16'] }, undefined],
    [{ addresses: ['10.1.2.4', '10.2.0.0/16', '2001:db8::/32'] }, 'address'],
    [{ aeTitle: 'MR2', addresses: ['10.1.2.3'] }, 'calling-ae-title'],
    [{ certificateSubject: { CN: 'mr1', OU: 'Radiology' } }, undefined],
    [{ certificateSubject: { CN: 'MR1' } }, 'certificate'],
    [{ certificateSubject: { CN: 'mr1', L: 'Ward' } }, 'certificate'],
    [{ certificateSubject: { constructor: 'Object' } }, 'certificate'],
    [{ aeTitle: 'MR1', addresses: ['10.0.0.0/8'], certificateSubject: { OU: 'CT' } }, 'certificate'],
  ])('%j: %s', (rule, fault) => {
    expect(callerFault(CALLER, [rule])).toBe(fault);
  });

  test('take an address of IPv4 at a socket of IPv6 for what it is, and IPv6 as well', () => {
    const at = (address: string | undefined, range: string) =>
      callerFault({ ...CALLER, address }, [{ addresses: [range] }]);
    expect(at('::ffff:10.1.2.3', '10.0.0.0/8')).toBeUndefined();
    expect(at('::1', '::1')).toBeUndefined();
    expect(at('2001:db8::7', '2001:db8::/32')).toBeUndefined();
    expect(at('2001:db9::7', '2001:db8::/32')).toBe('address');
    expect(at(undefined, '0.0.0.0/0')).toBe('address');
  });

  test('ask for a certificate that was verified', () => {
    const rule = { certificateSubject: { CN: 'mr1' } };
    expect(callerFault({ ...CALLER, certificateSubject: undefined }, [rule])).toBe('certificate');
  });

  test('let in whom one of them lets in, whatever the others say, and nobody where there is none', () => {
    const rule = fc.oneof(
      fc.constantFrom('MR1', 'MR2', '*'),
      fc.record(
        {
          aeTitle: fc.constantFrom('MR1', 'MR2'),
          addresses: fc.constantFrom(['10.1.0.0/16'], ['10.2.0.0/16']),
          certificateSubject: fc.constantFrom({ CN: 'mr1' }, { CN: 'mr2' }),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(fc.array(rule), (rules) => {
        const letsIn = rules.some((one) => callerFault(CALLER, [one as CallerRule]) === undefined);
        expect(callerFault(CALLER, rules as CallerRule[]) === undefined).toBe(letsIn);
      }),
    );
  });
});
