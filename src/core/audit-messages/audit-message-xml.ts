import type { AccessPoint, ActiveParticipant, AuditMessage, Code, ParticipantObject } from './audit-message.ts';

type Attributes = Readonly<Record<string, string | undefined>>;

const ACCESS_POINT_TYPE: Readonly<Record<AccessPoint['kind'], string>> = {
  'machine-name': '1',
  'ip-address': '2',
  uri: '5',
};
/** AuditSourceTypeCode: an application server process. */
const APPLICATION_SERVER = '4';
/** ParticipantObjectTypeCode. */
const SYSTEM_OBJECT = '2';

/** The message as XML after the schema of PS3.15 A.5.1, on one line, without an XML declaration. */
export function auditMessageXml(message: AuditMessage): string {
  const { participants, source, objects } = message;
  return element('AuditMessage', {}, [
    eventXml(message),
    ...participants.map(participantXml),
    element('AuditSourceIdentification', { AuditEnterpriseSiteID: source.enterpriseSite, AuditSourceID: source.id }, [
      element('AuditSourceTypeCode', { 'csd-code': APPLICATION_SERVER }),
    ]),
    ...objects.map(objectXml),
  ]);
}

function eventXml({ eventId, eventTypes, action, at, outcome }: AuditMessage): string {
  const attributes = {
    EventActionCode: action,
    EventDateTime: new Date(at).toISOString(),
    EventOutcomeIndicator: String(outcome),
  };
  return element('EventIdentification', attributes, [
    codeXml('EventID', eventId),
    ...eventTypes.map((type) => codeXml('EventTypeCode', type)),
  ]);
}

function participantXml({ userId, alternativeUserId, isRequestor, role, accessPoint }: ActiveParticipant): string {
  const attributes = {
    UserID: userId,
    AlternativeUserID: alternativeUserId,
    UserIsRequestor: String(isRequestor),
    NetworkAccessPointID: accessPoint?.id,
    NetworkAccessPointTypeCode: accessPoint === undefined ? undefined : ACCESS_POINT_TYPE[accessPoint.kind],
  };
  return element('ActiveParticipant', attributes, role === undefined ? [] : [codeXml('RoleIDCode', role)]);
}

function objectXml({ id, idType, role, named, details, instances }: ParticipantObject): string {
  const attributes = {
    ParticipantObjectID: id,
    ParticipantObjectTypeCode: SYSTEM_OBJECT,
    ParticipantObjectTypeCodeRole: String(role),
  };
  return element('ParticipantObjectIdentification', attributes, [
    codeXml('ParticipantObjectIDTypeCode', idType),
    'name' in named
      ? element('ParticipantObjectName', {}, [escaped(named.name)])
      : element('ParticipantObjectQuery', {}, [base64(named.query)]),
    ...details.map(({ type, value }) => element('ParticipantObjectDetail', { type, value: base64(value) })),
    ...(instances === undefined ? [] : [instancesXml(instances)]),
  ]);
}

function instancesXml({ count, sopInstanceUids }: NonNullable<ParticipantObject['instances']>): string {
  const instances = sopInstanceUids.map((uid) => element('Instance', { UID: uid }));
  const sopClass = element('SOPClass', { NumberOfInstances: String(count) }, instances);
  return element('ParticipantObjectDescription', {}, [sopClass]);
}

function codeXml(name: string, { code, scheme, meaning }: Code): string {
  return element(name, { 'csd-code': code, codeSystemName: scheme, originalText: meaning });
}

function element(name: string, attributes: Attributes, children: readonly string[] = []): string {
  const written = Object.entries(attributes)
    .filter((one): one is [string, string] => one[1] !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(value)}"`)
    .join('');
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`;
}

const NO_XML_CHARACTER = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** Characters that XML 1.0 cannot hold become U+FFFD; blanks other than the space keep their place by reference. */
function escaped(text: string): string {
  return text
    .replace(NO_XML_CHARACTER, '\uFFFD')
    .replace(/[&<>"'\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
}
