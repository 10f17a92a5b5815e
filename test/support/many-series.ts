import type { Database } from '../../src/store/database.ts';

export interface ManySeries {
  readonly count: number;
  /** When the last one came, milliseconds since 1970 UTC; the first one came `days` before. */
  readonly until: number;
  readonly days?: number;
  /** How many of the last ones are still arriving. Default none: a node that starts would look for their files. */
  readonly receiving?: number;
}

export const SERIES_A_STUDY = 8;
const DAY_MS = 86_400_000;

/**
 * What a site of three scanners kept of many series, each with one instance and one delivery whose files are nowhere:
 * for lists, not for sending. Always the same for the same numbers; the n-th series has the id n in an empty database.
 */
export async function insertManySeries(database: Database, options: ManySeries): Promise<void> {
  const { count, until, days = 365, receiving = 0 } = options;
  const stepMs = Math.floor((days * DAY_MS) / count);
  await database.transaction(async (tx) => {
    await tx.run('drop table if exists temp.plan');
    await tx.run(PLAN, [count, until, stepMs, receiving]);
    for (const statement of STATEMENTS) await tx.run(statement);
    await tx.run('drop table temp.plan');
  });
}

/** Spread over 0 to 999 without a pattern: squares and cubes modulo a prime. `habit` is one for all series of a study. */
const PLAN = `create temp table plan as
  with recursive counted (n) as (select 1 union all select n + 1 from counted where n < ?1),
    drawn as (select n, (n - 1) / ${SERIES_A_STUDY} as study, n * n % 1000003 * 7919 % 1000003 % 1000 as chance,
      n * n % 999983 * n % 999983 % 1000 as other, ?2 - (?1 - n) * ?3 as at, n > ?1 - ?4 as receiving from counted),
    placed as (select *, study % 3 as room, (study + 11) * (study + 11) % 1000003 * 7919 % 1000003 % 1000 as habit,
      iif((n - 1) % ${SERIES_A_STUDY} < 4, 'cine', iif((n - 1) % ${SERIES_A_STUDY} < 6, 'LGE',
        iif((n - 1) % ${SERIES_A_STUDY} = 6, 'T2', 'other'))) as kind from drawn)
  select *, '1.2.826.0.1.3680043.8.498.77.' || study as study_uid,
    '1.2.826.0.1.3680043.8.498.77.' || study || '.' || n as series_uid,
    'MR_ROOM_' || (room + 1) as ae,
    case when kind = 'other' then null when habit < 700 then '000' when habit < 940 then '110'
      when habit < 970 then '011' when habit < 985 then '101' when habit < 995 then '001' else '100' end as code,
    case when kind = 'other' then 'not-short-axis' when other < 10 then 'contradiction' when other < 30 then 'uncertain'
      when other < 34 then 'possible-situs-variant' when other < 50 then 'near-border' end as flag,
    case when kind = 'other' then null when other between 10 and 29 then 0.4 + chance / 5000.0
      else 0.9 + chance % 100 / 1001.0 end as confidence
  from placed`;

const STATEMENTS = [
  `insert into series (study_instance_uid, series_instance_uid, part, state, first_received_at, last_received_at,
      flags_json)
    select study_uid, series_uid, kind, 'receiving', at, at + 20000, '[]' from plan order by n`,
  `insert into instances (sop_instance_uid, sop_class_uid, transfer_syntax_uid, study_instance_uid, series_instance_uid,
      calling_ae_title, called_ae_title, via, received_at, file, data_set_offset, data_set_length, data_set_sha256,
      version, header_json, series_id, state, flags_json)
    select series_uid || '.1', '1.2.840.10008.5.1.4.1.1.4', '1.2.840.10008.1.2.1', study_uid, series_uid, ae, 'CMR_NODE',
      'dimse', at, 'received/' || n || '.dcm', 350, 131072, 'a', 1, '{}', series.id,
      iif(receiving, 'undecided', 'decided'), '[]'
    from plan join series on series.series_instance_uid = series_uid order by n`,
  // Whoever holds a series lets it go after a day.
  `insert into decisions (series_id, decided_at, decision, mode, observed_code, correction, kind, reason, metric_reason,
      flags_json, probabilities_json, thresholds_json, model_name, model_version, software_version)
    select series.id, at + 30000,
      case when other < 30 and at > (select max(at) from plan) - 72000000 then 'hold-for-review'
        when code <> '000' and coalesce(flag, 'near-border') = 'near-border' then 'standardize' else 'pass-through' end,
      'standardize', code, iif(code <> '000' and coalesce(flag, 'near-border') = 'near-border',
        case code when '101' then '110' when '110' then '101' else code end, null),
      plan.kind, 'Made up for a long list.',
      case when flag is null or flag = 'near-border' then iif(code = '000', 'standard', 'turned') else flag end,
      iif(flag is null, '[]', json_array(flag)), iif(confidence is null, null, json_array(confidence, 1 - confidence)),
      '{}', 'orientation-open', iif(at < (select avg(at) from plan), '0.1.0', '0.2.0'), '0.1.0'
    from plan join series on series.series_instance_uid = series_uid where not receiving order by n`,
  `update series set state = 'decided', kind = part, decision_id = decisions.id, flags_json = decisions.flags_json
    from decisions where decisions.series_id = series.id
      and series.series_instance_uid in (select series_uid from plan)`,
  `insert into reviews (series_id, at, act, by, because, looked_at)
    select series.id, at + 3600000, 'approve', iif(chance % 2, 'r.meyer', 'j.doe'), 'as it should be', decision_id
    from plan join series on series.series_instance_uid = series_uid
    where not receiving and (flag in ('contradiction', 'uncertain') and chance < 800 or chance between 500 and 509)
    order by n`,
  `insert into deliveries (destination, instance_id, purpose, sop_instance_uid, sop_class_uid, transfer_syntax_uid, file,
      data_set_offset, data_set_length, calling_ae_title, state, attempts, next_attempt_at, reason, queued_at,
      delivered_at)
    select iif(room = 2, 'web', 'archive'), instances.id, 'result', sop_instance_uid, sop_class_uid, transfer_syntax_uid,
      file, data_set_offset, data_set_length, ae,
      case when other = 999 then 'dead' when other > 994 then 'pending' else 'delivered' end, other < 998, at + 31000,
      iif(other > 995, 'the archive refused the connection', null), at + 31000, iif(other > 994, null, at + 32000)
    from plan join instances on instances.sop_instance_uid = series_uid || '.1' where not receiving order by n`,
  `insert into catalogue_studies (study_instance_uid, study_date, accession_number, referring_physician_name_json,
      patient_name_json, patient_id, study_description, attributes_json, search_text)
    select study_uid, strftime('%Y%m%d', at / 1000, 'unixepoch'), 'A' || study, '[]', '[]', 'P' || (study % 9000),
      'MR heart', json_object('00100010', json_array(json_object('Alphabetic', name))),
      lower(replace(name, 'Ü', 'u')) || char(10) || 'p' || (study % 9000) || char(10) || 'a' || study || char(10)
        || 'mr heart'
    from (select *, case study % 4 when 0 then 'Garcia^Ana' when 1 then 'Ünal^Deniz' when 2 then 'Smith^John'
        else 'Meyer^Eva' end || '^' || study as name from plan)
    group by study_uid order by n`,
  `insert into catalogue_series (study_id, series_instance_uid, modality, series_description, series_number,
      request_attributes_json, attributes_json, search_text)
    select catalogue_studies.id, series_uid, 'MR', kind || ' SAX', n % 100, '[]',
      json_object('00081010', json_array('MRC' || (room + 1)), '00080070', json_array('SIEMENS'),
        '00081090', json_array('MAGNETOM Aera')),
      lower(kind) || ' sax' || char(10) || 'mrc' || (room + 1)
    from plan join catalogue_studies on catalogue_studies.study_instance_uid = study_uid order by n`,
  `update catalogue_progress set instance_id = (select max(id) from instances)`,
] as const;
