-- What lists of series are filtered and sorted by: one short row for each series, kept by triggers from the tables that
-- say it. Where there is nothing yet the text is empty and the confidence -1, so that pages can go on after any row.
create table worklist (
  series_id integer primary key references series (id),
  -- Of the first instance.
  received_at integer not null,
  scanner text not null default '',
  station text not null default '',
  kind text not null default '',
  -- The decision that stands, and whether a person made it.
  decision_id integer,
  decision text not null default '',
  mode text not null default '',
  code text not null default '',
  metric_reason text not null default '',
  confidence real not null default -1,
  model_version text not null default '',
  by_person integer not null default 0,
  -- Of that decision, and those that the series got besides its decisions.
  flags_json text not null default '[]',
  -- The last review.
  review_id integer,
  -- SOP Instance UIDs.
  instances integer not null default 0,
  -- Deliveries: not yet tried, tried in vain, given up, arrived.
  waiting integer not null default 0,
  failing integer not null default 0,
  dead integer not null default 0,
  delivered integer not null default 0,
  -- Names of all destinations, each between line feeds.
  destinations text not null default (char(10))
) strict;
create index worklist_by_received on worklist (received_at);
create index worklist_by_confidence on worklist (confidence);
create index worklist_by_code on worklist (code);
create index worklist_by_scanner on worklist (scanner, station);
create index worklist_by_kind on worklist (kind);
create index worklist_by_decision on worklist (decision);

-- What a line of the list shows of the headers as received, and what a text search looks in: folded.
create table worklist_texts (
  series_id integer primary key references series (id),
  series_text text not null,
  study_text text not null default '',
  catalogue_text text not null default '',
  patient_name text not null default '',
  patient_id text not null default '',
  study_date text,
  accession_number text,
  series_number integer,
  series_description text,
  manufacturer text,
  model_name text
) strict;

-- Series Instance UIDs of results. One received UID may be two series.
create table derived_series (
  series_instance_uid text not null,
  series_id integer not null references series (id),
  primary key (series_instance_uid, series_id)
) strict, without rowid;

-- What came and went by the hour, counted from 1970 UTC.
create table hourly_counts (
  hour integer primary key,
  instances integer not null,
  delivered integer not null
) strict;

alter table catalogue_studies add column search_text text not null default '';
alter table catalogue_series add column search_text text not null default '';

-- Groups of a name as the standard writes them in one text.
create view catalogue_study_texts as
  select study_instance_uid, study_date, accession_number, coalesce(patient_id, '') as patient_id, search_text,
    rtrim(coalesce(name ->> 'Alphabetic', '') || '=' || coalesce(name ->> 'Ideographic', '') || '='
      || coalesce(name ->> 'Phonetic', ''), '=') as patient_name
  from (select *, attributes_json -> '$."00100010"[0]' as name from catalogue_studies);
create view catalogue_series_texts as
  select catalogue_series.id as id, study_instance_uid, series_instance_uid, series_number, series_description,
    catalogue_series.search_text as search_text,
    substr(coalesce(catalogue_series.attributes_json ->> '$."00081010"[0]', ''), 1, 64) as station,
    catalogue_series.attributes_json ->> '$."00080070"[0]' as manufacturer,
    catalogue_series.attributes_json ->> '$."00081090"[0]' as model_name
  from catalogue_series join catalogue_studies on catalogue_studies.id = catalogue_series.study_id;
create view standing_decisions as
  select series.id as series_id, coalesce(series.kind, '') as kind, series.decision_id,
    coalesce(decision, '') as decision, coalesce(mode, '') as mode, coalesce(observed_code, '') as code,
    coalesce(metric_reason, '') as metric_reason,
    coalesce((select max(value) from json_each(probabilities_json)), -1) as confidence,
    coalesce(model_version, '') as model_version, by_person is not null as by_person,
    (select json_group_array(value) from (
      select value from json_each(decisions.flags_json)
      union select value from json_each(series.flags_json) where value not in (
        select earlier.value from decisions as superseded, json_each(superseded.flags_json) as earlier
        where superseded.series_id = series.id and superseded.id < series.decision_id))) as flags_json
  from series left join decisions on decisions.id = series.decision_id;

-- Filled with what is there already.
insert into worklist (series_id, received_at, kind, decision_id, decision, mode, code, metric_reason, confidence,
    model_version, by_person, flags_json)
  select series.id, first_received_at, standing_decisions.kind, standing_decisions.decision_id, decision, mode, code,
    metric_reason, confidence, model_version, by_person, standing_decisions.flags_json
  from series join standing_decisions on standing_decisions.series_id = series.id;
update worklist set review_id = (select max(id) from reviews where reviews.series_id = worklist.series_id)
  where series_id in (select series_id from reviews);
update worklist set scanner = first.calling_ae_title, instances = first.instances
  from (select series_id, calling_ae_title, min(id), count(distinct sop_instance_uid) as instances
    from instances group by series_id) as first
  where first.series_id = worklist.series_id;
update worklist set waiting = sent.waiting, failing = sent.failing, dead = sent.dead, delivered = sent.delivered
  from (select series_id, sum(deliveries.state = 'pending' and attempts = 0) as waiting,
      sum(deliveries.state = 'pending' and attempts > 0) as failing, sum(deliveries.state = 'dead') as dead,
      sum(deliveries.state = 'delivered') as delivered
    from instances join deliveries on deliveries.instance_id = instances.id group by series_id) as sent
  where sent.series_id = worklist.series_id;
update worklist set destinations = sent.names
  from (select series_id, char(10) || group_concat(destination, char(10)) || char(10) as names from (
      select distinct series_id, destination from instances join deliveries on deliveries.instance_id = instances.id)
    group by series_id) as sent
  where sent.series_id = worklist.series_id;
insert into derived_series (series_instance_uid, series_id)
  select distinct results.series_instance_uid, instances.series_id
  from results join instances on instances.id = results.instance_id;
insert into worklist_texts (series_id, series_text)
  select id, lower(concat_ws(char(10), study_instance_uid, series_instance_uid, scanner,
    (select group_concat(derived_series.series_instance_uid, char(10)) from derived_series
      where derived_series.series_id = series.id)))
  from series join worklist on worklist.series_id = series.id;
-- Without regard to case where it is of A to Z, until the header is catalogued anew; names are folded whole.
update catalogue_studies set search_text = lower(concat_ws(char(10), patient_id, accession_number, study_description,
  study_id)) || char(10) || patient_name_json;
update catalogue_series set search_text = lower(concat_ws(char(10), series_description, series_number,
  attributes_json ->> '$."00181030"[0]', attributes_json ->> '$."00081010"[0]'));
update worklist_texts set patient_name = study.patient_name, patient_id = study.patient_id,
    study_date = study.study_date, accession_number = study.accession_number, study_text = study.search_text
  from series join catalogue_study_texts as study on study.study_instance_uid = series.study_instance_uid
  where series.id = worklist_texts.series_id;
update worklist_texts set series_number = one.series_number, series_description = one.series_description,
    manufacturer = one.manufacturer, model_name = one.model_name, catalogue_text = one.search_text
  from series join catalogue_series_texts as one using (study_instance_uid, series_instance_uid)
  where series.id = worklist_texts.series_id;
update worklist set station = one.station
  from series join catalogue_series_texts as one using (study_instance_uid, series_instance_uid)
  where series.id = worklist.series_id;
insert into hourly_counts (hour, instances, delivered)
  select hour, sum(instances), sum(delivered) from (
    select received_at / 3600000 as hour, 1 as instances, 0 as delivered from instances
    union all select delivered_at / 3600000, 0, 1 from deliveries where delivered_at is not null)
  group by hour;

create trigger worklist_series_came after insert on series
begin
  insert into worklist (series_id, received_at) values (new.id, new.first_received_at);
  insert into worklist_texts (series_id, series_text)
    values (new.id, lower(new.study_instance_uid || char(10) || new.series_instance_uid));
  update worklist_texts set patient_name = study.patient_name, patient_id = study.patient_id,
      study_date = study.study_date, accession_number = study.accession_number, study_text = study.search_text
    from catalogue_study_texts as study
    where series_id = new.id and study.study_instance_uid = new.study_instance_uid;
  update worklist_texts set series_number = one.series_number, series_description = one.series_description,
      manufacturer = one.manufacturer, model_name = one.model_name, catalogue_text = one.search_text
    from catalogue_series_texts as one
    where series_id = new.id and one.study_instance_uid = new.study_instance_uid
      and one.series_instance_uid = new.series_instance_uid;
  update worklist set station = one.station
    from catalogue_series_texts as one
    where series_id = new.id and one.study_instance_uid = new.study_instance_uid
      and one.series_instance_uid = new.series_instance_uid;
end;
create trigger worklist_series_began_earlier after update of first_received_at on series
  when new.first_received_at <> old.first_received_at
begin
  update worklist set received_at = new.first_received_at where series_id = new.id;
end;
create trigger worklist_series_decided after update of kind, decision_id, flags_json on series
begin
  update worklist set (kind, decision_id, decision, mode, code, metric_reason, confidence, model_version, by_person,
      flags_json) = (select kind, decision_id, decision, mode, code, metric_reason, confidence, model_version,
      by_person, flags_json from standing_decisions where series_id = new.id)
    where series_id = new.id;
end;
create trigger worklist_series_reviewed after insert on reviews
begin
  update worklist set review_id = new.id where series_id = new.series_id;
end;

create trigger worklist_first_instance after insert on instances
  when (select scanner from worklist where series_id = new.series_id) = ''
begin
  update worklist set scanner = new.calling_ae_title where series_id = new.series_id;
  update worklist_texts set series_text = series_text || char(10) || lower(new.calling_ae_title)
    where series_id = new.series_id;
end;
create trigger worklist_instance_came after insert on instances
  when new.version = 1 or not exists (select 1 from instances as earlier
    where earlier.sop_instance_uid = new.sop_instance_uid and earlier.version < new.version
      and earlier.series_id = new.series_id)
begin
  update worklist set instances = instances + 1 where series_id = new.series_id;
end;
create trigger hourly_instances after insert on instances
begin
  insert into hourly_counts (hour, instances, delivered) values (new.received_at / 3600000, 1, 0)
    on conflict do update set instances = instances + 1;
end;
create trigger worklist_result_came after insert on results
  when not exists (select 1 from derived_series where series_instance_uid = new.series_instance_uid
    and series_id = (select series_id from instances where id = new.instance_id))
begin
  insert into derived_series (series_instance_uid, series_id)
    select new.series_instance_uid, series_id from instances where id = new.instance_id;
  update worklist_texts set series_text = series_text || char(10) || lower(new.series_instance_uid)
    where series_id = (select series_id from instances where id = new.instance_id);
end;

create trigger worklist_delivery_queued after insert on deliveries
begin
  update worklist set waiting = waiting + (new.state = 'pending' and new.attempts = 0),
      failing = failing + (new.state = 'pending' and new.attempts > 0), dead = dead + (new.state = 'dead'),
      delivered = delivered + (new.state = 'delivered'),
      destinations = iif(instr(destinations, char(10) || new.destination || char(10)), destinations,
        destinations || new.destination || char(10))
    where series_id = (select series_id from instances where id = new.instance_id);
end;
create trigger worklist_delivery_moved after update of state, attempts on deliveries
  when new.state <> old.state or (new.state = 'pending' and (new.attempts = 0) <> (old.attempts = 0))
begin
  update worklist set
      waiting = waiting + (new.state = 'pending' and new.attempts = 0) - (old.state = 'pending' and old.attempts = 0),
      failing = failing + (new.state = 'pending' and new.attempts > 0) - (old.state = 'pending' and old.attempts > 0),
      dead = dead + (new.state = 'dead') - (old.state = 'dead'),
      delivered = delivered + (new.state = 'delivered') - (old.state = 'delivered')
    where series_id = (select series_id from instances where id = new.instance_id);
end;
create trigger worklist_delivery_gone after delete on deliveries
begin
  update worklist set waiting = waiting - (old.state = 'pending' and old.attempts = 0),
      failing = failing - (old.state = 'pending' and old.attempts > 0), dead = dead - (old.state = 'dead'),
      delivered = delivered - (old.state = 'delivered')
    where series_id = (select series_id from instances where id = old.instance_id);
end;
create trigger hourly_delivered after update of state on deliveries
  when new.state = 'delivered' and old.state <> 'delivered' and new.delivered_at is not null
begin
  insert into hourly_counts (hour, instances, delivered) values (new.delivered_at / 3600000, 0, 1)
    on conflict do update set delivered = delivered + 1;
end;

create trigger worklist_study_catalogued after insert on catalogue_studies
begin
  update worklist_texts set (patient_name, patient_id, study_date, accession_number, study_text) = (
      select patient_name, patient_id, study_date, accession_number, search_text from catalogue_study_texts
      where study_instance_uid = new.study_instance_uid)
    where series_id in (select id from series where study_instance_uid = new.study_instance_uid);
end;
create trigger worklist_study_changed after update of attributes_json on catalogue_studies
begin
  update worklist_texts set (patient_name, patient_id, study_date, accession_number, study_text) = (
      select patient_name, patient_id, study_date, accession_number, search_text from catalogue_study_texts
      where study_instance_uid = new.study_instance_uid)
    where series_id in (select id from series where study_instance_uid = new.study_instance_uid);
end;
create trigger worklist_series_catalogued after insert on catalogue_series
begin
  update worklist_texts set (series_number, series_description, manufacturer, model_name, catalogue_text) = (
      select series_number, series_description, manufacturer, model_name, search_text from catalogue_series_texts
      where id = new.id)
    where series_id in (select series.id from series, catalogue_studies
      where catalogue_studies.id = new.study_id and series.study_instance_uid = catalogue_studies.study_instance_uid
        and series.series_instance_uid = new.series_instance_uid);
  update worklist set station = (select station from catalogue_series_texts where id = new.id)
    where series_id in (select series.id from series, catalogue_studies
      where catalogue_studies.id = new.study_id and series.study_instance_uid = catalogue_studies.study_instance_uid
        and series.series_instance_uid = new.series_instance_uid);
end;
-- A result may have the UID of what was received (uidPolicy: preserve): the list goes on to say what was received.
create trigger worklist_series_changed after update of attributes_json on catalogue_series
  when not exists (select 1 from derived_series where series_instance_uid = new.series_instance_uid)
begin
  update worklist_texts set (series_number, series_description, manufacturer, model_name, catalogue_text) = (
      select series_number, series_description, manufacturer, model_name, search_text from catalogue_series_texts
      where id = new.id)
    where series_id in (select series.id from series, catalogue_studies
      where catalogue_studies.id = new.study_id and series.study_instance_uid = catalogue_studies.study_instance_uid
        and series.series_instance_uid = new.series_instance_uid);
  update worklist set station = (select station from catalogue_series_texts where id = new.id)
    where series_id in (select series.id from series, catalogue_studies
      where catalogue_studies.id = new.study_id and series.study_instance_uid = catalogue_studies.study_instance_uid
        and series.series_instance_uid = new.series_instance_uid);
end;
