import type { XmlElement } from './xml-element.ts';

/** One element of the RELAX NG schema of PS3.15 A.5.1. Children in the order in which they must come. */
interface Rule {
  readonly attributes: Readonly<Record<string, RegExp>>;
  readonly optional?: Readonly<Record<string, RegExp>>;
  readonly children?: readonly (readonly [name: string, least: number, most: number, rule: Rule])[];
  readonly text?: RegExp;
}

const MANY = Number.POSITIVE_INFINITY;
const ANY = /^[\s\S]*$/;
/** Blanks at its ends are taken off by who reads it (XML Schema, whiteSpace collapse). */
const TOKEN = /\S/;
const UID = /^[0-2](?:\.(?:0|[1-9]\d*))+$/;
const BASE64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/;
const BOOLEAN = /^(?:true|false|0|1)$/;
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

const codedValue: Rule = {
  attributes: { 'csd-code': TOKEN, codeSystemName: TOKEN, originalText: TOKEN },
  optional: { displayName: TOKEN },
};

const description: Rule = {
  attributes: {},
  children: [
    ['MPPS', 0, MANY, { attributes: { UID } }],
    ['Accession', 0, MANY, { attributes: { Number: TOKEN } }],
    [
      'SOPClass',
      0,
      MANY,
      {
        attributes: { NumberOfInstances: /^\d+$/ },
        optional: { UID },
        children: [['Instance', 0, MANY, { attributes: { UID } }]],
      },
    ],
  ],
};

export const AUDIT_MESSAGE: Rule = {
  attributes: {},
  children: [
    [
      'EventIdentification',
      1,
      1,
      {
        attributes: { EventDateTime: DATE_TIME, EventOutcomeIndicator: /^(?:0|4|8|12)$/ },
        optional: { EventActionCode: /^[CRUDE]$/ },
        children: [
          ['EventID', 1, 1, codedValue],
          ['EventTypeCode', 0, MANY, codedValue],
          ['EventOutcomeDescription', 0, 1, { attributes: {}, text: ANY }],
        ],
      },
    ],
    [
      'ActiveParticipant',
      1,
      MANY,
      {
        attributes: { UserID: ANY, UserIsRequestor: BOOLEAN },
        optional: {
          AlternativeUserID: ANY,
          UserName: ANY,
          NetworkAccessPointID: TOKEN,
          NetworkAccessPointTypeCode: /^[1-5]$/,
        },
        children: [['RoleIDCode', 0, MANY, codedValue]],
      },
    ],
    [
      'AuditSourceIdentification',
      1,
      1,
      {
        attributes: { AuditSourceID: TOKEN },
        optional: { AuditEnterpriseSiteID: TOKEN },
        children: [['AuditSourceTypeCode', 0, MANY, { attributes: { 'csd-code': /^[1-9]$/ } }]],
      },
    ],
    [
      'ParticipantObjectIdentification',
      0,
      MANY,
      {
        attributes: { ParticipantObjectID: TOKEN },
        optional: {
          ParticipantObjectTypeCode: /^[1-4]$/,
          ParticipantObjectTypeCodeRole: /^(?:[1-9]|1\d|2[0-6])$/,
          ParticipantObjectDataLifeCycle: /^(?:[1-9]|1[0-5])$/,
          ParticipantObjectSensitivity: TOKEN,
        },
        children: [
          ['ParticipantObjectIDTypeCode', 1, 1, codedValue],
          ['ParticipantObjectName', 0, 1, { attributes: {}, text: TOKEN }],
          ['ParticipantObjectQuery', 0, 1, { attributes: {}, text: BASE64 }],
          ['ParticipantObjectDetail', 0, MANY, { attributes: { type: TOKEN, value: BASE64 } }],
          ['ParticipantObjectDescription', 0, MANY, description],
        ],
      },
    ],
  ],
};

/** What is wrong with an audit message by the schema; nothing where it is valid. */
export function auditMessageFaults(root: XmlElement): readonly string[] {
  const named = root.name === 'AuditMessage' ? [] : [`${root.name} is no AuditMessage`];
  const objects = root.children.filter(({ name }) => name === 'ParticipantObjectIdentification');
  const eitherOr = objects.filter(
    ({ children }) =>
      children.filter(({ name }) => ['ParticipantObjectName', 'ParticipantObjectQuery'].includes(name)).length !== 1,
  );
  return [
    ...named,
    ...faultsOf(root, AUDIT_MESSAGE),
    ...eitherOr.map(() => 'an object has either a name or a query'),
    ...conventionFaults(root),
  ];
}

function faultsOf({ name, attributes, children, text }: XmlElement, rule: Rule): readonly string[] {
  const known = { ...rule.attributes, ...rule.optional };
  const rules = rule.children ?? [];
  const order = children.map((child) => rules.findIndex(([one]) => one === child.name));
  return [
    ...Object.keys(rule.attributes).flatMap((key) => (key in attributes ? [] : [`${name} has no ${key}`])),
    ...Object.entries(attributes).flatMap(([key, value]) =>
      known[key]?.test(value) === true ? [] : [`${name} must not have ${key}="${value}"`],
    ),
    ...((rule.text ?? /^$/).test(text) ? [] : [`${name} must not contain ${text}`]),
    ...(order.every((place, i) => place >= (order[i - 1] ?? 0)) ? [] : [`${name} has children out of order`]),
    ...rules.flatMap(([child, least, most]) => {
      const count = children.filter((one) => one.name === child).length;
      return count >= least && count <= most ? [] : [`${name} has ${count} ${child}`];
    }),
    ...children.flatMap((child, i) => {
      const [, , , inner] = rules[order[i] ?? -1] ?? [];
      return inner === undefined ? [`${name} must not have ${child.name}`] : faultsOf(child, inner);
    }),
  ];
}

/** Meanings of the codes (PS3.16 CID 400 to 404, Annex D). */
const DCM_CODES: Readonly<Record<string, string>> = {
  110100: 'Application Activity',
  110101: 'Audit Log Used',
  110102: 'Begin Transferring DICOM Instances',
  110103: 'DICOM Instances Accessed',
  110104: 'DICOM Instances Transferred',
  110106: 'Export',
  110112: 'Query',
  110114: 'User Authentication',
  110120: 'Application Start',
  110121: 'Application Stop',
  110122: 'Login',
  110123: 'Logout',
  110150: 'Application',
  110152: 'Destination Role ID',
  110153: 'Source Role ID',
  110180: 'Study Instance UID',
  110181: 'SOP Class UID',
  112002: 'Series Instance UID',
};

/** Of each event the action codes, the event types and the roles that PS3.15 A.5.3 asks for. */
const EVENTS: Readonly<Record<string, { actions: string; types?: readonly string[]; roles?: readonly string[] }>> = {
  110100: { actions: 'E', types: ['110120', '110121'], roles: ['110150'] },
  110101: { actions: 'R' },
  110102: { actions: 'E', roles: ['110153', '110152'] },
  110103: { actions: 'CRUD' },
  110104: { actions: 'CRU', roles: ['110153', '110152'] },
  110106: { actions: 'R', roles: ['110153'] },
  110112: { actions: 'E', roles: ['110153', '110152'] },
  110114: { actions: 'E', types: ['110122', '110123'] },
};

/** PS3.15 A.5.2 and A.5.3, where the schema alone does not say it. */
function conventionFaults(root: XmlElement): readonly string[] {
  const codes = all(root).filter(({ attributes }) => attributes['codeSystemName'] === 'DCM');
  const wrong = codes.filter(
    ({ attributes }) => DCM_CODES[attributes['csd-code'] ?? ''] !== attributes['originalText'],
  );
  const participants = root.children.filter(({ name }) => name === 'ActiveParticipant');
  const requestors = participants.filter(({ attributes }) => attributes['UserIsRequestor'] === 'true');
  const halfPoints = participants.filter(
    ({ attributes }) => 'NetworkAccessPointID' in attributes !== 'NetworkAccessPointTypeCode' in attributes,
  );
  const ids = all(root).filter(({ name }) => name === 'EventID');
  const event = EVENTS[ids[0]?.attributes['csd-code'] ?? ''];
  const has = (name: string, code: string) =>
    all(root).some((one) => one.name === name && one.attributes['csd-code'] === code);
  const action = root.children[0]?.attributes['EventActionCode'] ?? '';
  return [
    ...wrong.map(({ attributes }) => `${attributes['csd-code']} does not mean ${attributes['originalText']}`),
    ...(requestors.length > 1 ? ['there are several requestors'] : []),
    ...halfPoints.map(() => 'an access point has either no ID or no type'),
    ...(event === undefined || event.actions.includes(action) ? [] : [`the action of this event cannot be ${action}`]),
    ...(event?.types === undefined || event.types.some((code) => has('EventTypeCode', code)) ? [] : ['no event type']),
    ...(event?.roles ?? []).flatMap((code) => (has('RoleIDCode', code) ? [] : [`nobody has the role ${code}`])),
  ];
}

export function all(root: XmlElement): readonly XmlElement[] {
  return [root, ...root.children.flatMap(all)];
}
