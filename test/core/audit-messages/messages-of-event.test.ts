import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditMessageXml } from '../../../src/core/audit-messages/audit-message-xml.ts';
import type { AuditedEvent, AuditReporter } from '../../../src/core/audit-messages/audited-event.ts';
import { messagesOfEvent } from '../../../src/core/audit-messages/messages-of-event.ts';
import { all, auditMessageFaults } from '../../support/audit-schema.ts';
import { parseXml, type XmlElement } from '../../support/xml-element.ts';

const REPORTER: AuditReporter = {
  sourceId: 'cmr-node-1',
  enterpriseSite: 'Hospital',
  aeTitle: 'CMR_NODE',
  host: 'node.example.org',
  destinations: new Map([
    ['archive', { aeTitle: 'PACS', address: '10.0.0.5' }],
    ['web', { address: 'https://pacs.example.org/dicom-web' }],
  ]),
};
const STUDY = '1.2.840.1';
const SERIES = '1.2.840.1.7';
const OF_SERIES = { studyInstanceUid: STUDY, seriesInstanceUid: SERIES };

function entry(event: string, more: Partial<AuditedEvent> = {}): AuditedEvent {
  return {
    seq: 7,
    hash: 'ab'.repeat(32),
    at: 1_700_000_000_123,
    event,
    actor: 'anna',
    subject: {},
    detail: {},
    ...more,
  };
}

function xmlOf(event: AuditedEvent, reporter = REPORTER): readonly XmlElement[] {
  return messagesOfEvent(event, reporter).map((message) => parseXml(auditMessageXml(message)));
}

/** Code of the event, action, outcome, and codes of its types. */
function headOf(root: XmlElement): readonly unknown[] {
  const [event] = root.children;
  const [id, ...types] = event?.children ?? [];
  const { EventActionCode, EventOutcomeIndicator } = event?.attributes ?? {};
  return [
    id?.attributes['csd-code'],
    EventActionCode,
    EventOutcomeIndicator,
    types.map((t) => t.attributes['csd-code']),
  ];
}

function participantsOf(root: XmlElement): readonly unknown[] {
  return root.children
    .filter(({ name }) => name === 'ActiveParticipant')
    .map(({ attributes, children }) => [
      attributes['UserID'],
      attributes['UserIsRequestor'],
      children[0]?.attributes['csd-code'],
      attributes['NetworkAccessPointID'],
      attributes['NetworkAccessPointTypeCode'],
    ]);
}

function objectsOf(root: XmlElement): readonly XmlElement[] {
  return root.children.filter(({ name }) => name === 'ParticipantObjectIdentification');
}

function detailsOf(object: XmlElement | undefined): Readonly<Record<string, string>> {
  const details = object?.children.filter(({ name }) => name === 'ParticipantObjectDetail') ?? [];
  return Object.fromEntries(
    details.map(({ attributes }) => [attributes['type'], Buffer.from(attributes['value'] ?? '', 'base64').toString()]),
  );
}

/** Every event of the sources, as it is put on the trail. */
const KNOWN: readonly AuditedEvent[] = [
  entry('node-started', { actor: 'node', detail: { version: '0.1.0' } }),
  entry('node-stopped', { actor: 'node' }),
  entry('sign-in', { detail: { by: 'password', role: 'reviewer', address: '192.0.2.7' } }),
  entry('sign-in-failed', {
    actor: 'unknown',
    detail: { by: 'password', why: 'unknown-user', address: '2001:db8::7' },
  }),
  entry('sign-out', { detail: { address: '192.0.2.7' } }),
  entry('audit-read', { detail: { limit: 100 } }),
  entry('series-viewed', { subject: OF_SERIES }),
  entry('instances-retrieved', { subject: { studyInstanceUid: STUDY } }),
  entry('instances-searched'),
  entry('labels-exported', { detail: { series: 2, pictures: 9 } }),
  entry('series-decided', {
    actor: 'node',
    subject: OF_SERIES,
    detail: {
      decision: 'standardize',
      mode: 'standardize',
      instances: 30,
      from: ['MR1'],
      queued: { archive: 30, web: 30 },
      flags: [],
      correction: '001',
    },
  }),
  entry('series-decided-again', { subject: OF_SERIES, detail: { decision: 'pass-through', mode: 'standardize' } }),
  entry('late-instances', {
    actor: 'node',
    subject: OF_SERIES,
    detail: { instances: 2, decisionId: 4, flags: ['late'] },
  }),
  entry('hold-released', { actor: 'node', subject: OF_SERIES, detail: { decisionId: 5, supersedes: 4 } }),
  entry('series-reviewed', {
    subject: OF_SERIES,
    detail: {
      act: 'overrule',
      because: 'seen by eye',
      superseded: 4,
      destinations: [{ destination: 'archive', instances: 30 }],
    },
  }),
  entry('series-sent-again', { subject: OF_SERIES, detail: { reason: 'missing', queued: { archive: 3 }, gone: 0 } }),
  entry('deliveries-retried', { subject: OF_SERIES, detail: { reason: 'is back', queued: { gone: 3 } } }),
  entry('delivery-failed', {
    actor: 'node',
    subject: { sopInstanceUid: '1.2.3.4' },
    detail: { destination: 'archive', reason: 'it does not answer' },
  }),
  entry('delivery-given-up', {
    actor: 'node',
    subject: { sopInstanceUid: '1.2.3.4' },
    detail: { destination: 'archive', cause: 'mismatch', reason: 'it answers A900' },
  }),
  entry('passed-to-alternate', {
    actor: 'node',
    subject: OF_SERIES,
    detail: { destination: 'archive', queued: { web: 30 } },
  }),
  entry('backup-made', { detail: { withFiles: true, files: 3, bytes: 4, faulty: 0 } }),
  entry('batch-created', { subject: { batchId: 3 }, detail: { action: 'send-again', filter: { study: STUDY } } }),
  entry('batch-ended', { subject: { batchId: 3 }, detail: { seriesDone: 3 } }),
  entry('instance-duplicate-uid', { actor: 'MR1', subject: { sopInstanceUid: '1.2.3.4', seriesInstanceUid: SERIES } }),
];

describe('audit messages', () => {
  it.each(KNOWN.map((one) => [one.event, one] as const))(
    'of %s are valid by the schema and its conventions',
    (_, one) => {
      const messages = xmlOf(one);
      expect(messages.length).toBeGreaterThan(0);
      expect(messages.flatMap(auditMessageFaults)).toEqual([]);
    },
  );

  it('are valid whatever an entry holds, and say at the end which entry they are of', () => {
    const words = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ud800', '"<&>\'\u0000\n', '1.2.3'));
    const keys = fc.constantFrom(
      'address',
      'from',
      'queued',
      'destination',
      'instances',
      'reason',
      'superseded',
      'destinations',
    );
    const detail = fc.dictionary(
      keys,
      fc.oneof(words, fc.array(words), fc.jsonValue(), fc.dictionary(words, fc.nat())),
    );
    const uid = fc.constantFrom(STUDY, SERIES);
    const subject = fc.record(
      { studyInstanceUid: uid, seriesInstanceUid: uid, sopInstanceUid: uid, batchId: fc.nat() },
      { requiredKeys: [] },
    );
    const event = fc.constantFrom(...KNOWN.map((one) => one.event), 'of-a-later-version');
    fc.assert(
      fc.property(event, words, subject, detail, (name, actor, about, more) => {
        for (const root of xmlOf(entry(name, { actor, subject: about, detail: more }))) {
          expect(auditMessageFaults(root)).toEqual([]);
          expect(objectsOf(root).at(-1)?.attributes['ParticipantObjectID']).toBe('7');
        }
      }),
    );
  });

  it('tell by whom a series came, that it was turned, and where it goes', () => {
    const roots = xmlOf(KNOWN.find(({ event }) => event === 'series-decided')!);
    expect(roots.map(headOf)).toEqual([
      ['110104', 'C', '0', ['series-decided']],
      ['110103', 'C', '0', ['series-decided']],
      ['110102', 'E', '0', ['series-decided']],
      ['110102', 'E', '0', ['series-decided']],
    ]);
    const node = ['CMR_NODE', 'node.example.org', '1'] as const;
    expect(participantsOf(roots[0]!)).toEqual([
      ['MR1', 'true', '110153', undefined, undefined],
      [node[0], 'false', '110152', node[1], node[2]],
    ]);
    expect(participantsOf(roots[2]!)).toEqual([
      [node[0], 'true', '110153', node[1], node[2]],
      ['archive', 'false', '110152', '10.0.0.5', '2'],
    ]);
    expect(participantsOf(roots[3]!)[1]).toEqual(['web', 'false', '110152', 'https://pacs.example.org/dicom-web', '5']);
    const [study, own] = objectsOf(roots[2]!);
    expect(study?.attributes['ParticipantObjectID']).toBe(STUDY);
    expect(detailsOf(study)).toEqual({ 'Series Instance UID': SERIES });
    expect(all(study!).find(({ name }) => name === 'SOPClass')?.attributes).toEqual({ NumberOfInstances: '30' });
    expect(detailsOf(own)).toMatchObject({ hash: 'ab'.repeat(32), decision: 'standardize', flags: '[]' });
  });

  it('say who signed in from where, and who did not get in', () => {
    const messages = KNOWN.filter(({ event }) => event.startsWith('sign-')).flatMap((one) => xmlOf(one));
    expect(messages.map(headOf)).toEqual([
      ['110114', 'E', '0', ['110122', 'sign-in']],
      ['110114', 'E', '4', ['110122', 'sign-in-failed']],
      ['110114', 'E', '0', ['110123', 'sign-out']],
    ]);
    expect(messages.map((root) => participantsOf(root)[0])).toEqual([
      ['anna', 'true', undefined, '192.0.2.7', '2'],
      ['unknown', 'true', undefined, '2001:db8::7', '2'],
      ['anna', 'true', undefined, '192.0.2.7', '2'],
    ]);
  });

  it('tell a delivery that failed from one that was given up', () => {
    const failures = KNOWN.filter(({ event }) => event.startsWith('delivery-')).flatMap((one) => xmlOf(one));
    expect(failures.map(headOf)).toEqual([
      ['110104', 'R', '4', ['delivery-failed']],
      ['110104', 'R', '8', ['delivery-given-up']],
    ]);
  });

  it('call an overruled series changed and an approved one read', () => {
    const review = KNOWN.find(({ event }) => event === 'series-reviewed')!;
    const approved = { ...review, detail: { act: 'approve', superseded: null, destinations: [] } };
    expect(xmlOf(review).map((root) => headOf(root)[1])).toEqual(['U', 'E']);
    expect(xmlOf(approved).map(headOf)).toEqual([['110103', 'R', '0', ['series-reviewed']]]);
  });

  it('leave out what persons wrote freely, and keep what the node itself says', () => {
    const texts = KNOWN.flatMap((one) => xmlOf(one)).map((root) => JSON.stringify(detailsOf(objectsOf(root).at(-1))));
    expect(texts.filter((text) => /seen by eye|missing|is back/.test(text))).toEqual([]);
    expect(texts.filter((text) => text.includes('it does not answer'))).toHaveLength(1);
  });

  it('of an event without a message in the standard carry an event of their own', () => {
    expect(xmlOf(entry('of-a-later-version')).map(headOf)).toEqual([
      ['of-a-later-version', 'E', '0', ['of-a-later-version']],
    ]);
  });
});
