-- What is retained and can be searched and retrieved: the newest version of each SOP Instance UID, received or derived,
-- with what a search asks of its header. Made from the files themselves, and can be made again.
create table catalogue_studies (
  id integer primary key autoincrement,
  study_instance_uid text not null unique,
  study_date text,
  study_time text,
  accession_number text,
  -- JSON array: the groups of the name, folded.
  referring_physician_name_json text not null,
  patient_name_json text not null,
  patient_id text,
  patient_birth_date text,
  patient_sex text,
  study_id text,
  study_description text,
  -- JSON object: values in the DICOM JSON Model by tag.
  attributes_json text not null
) strict;

create table catalogue_series (
  id integer primary key autoincrement,
  study_id integer not null references catalogue_studies (id),
  series_instance_uid text not null,
  modality text,
  series_description text,
  series_number integer,
  performed_procedure_step_start_date text,
  performed_procedure_step_start_time text,
  -- JSON array, one array for each item: Scheduled Procedure Step ID, Requested Procedure ID.
  request_attributes_json text not null,
  attributes_json text not null,
  unique (series_instance_uid, study_id)
) strict;
create index catalogue_series_by_study on catalogue_series (study_id);

create table catalogue_instances (
  id integer primary key autoincrement,
  series_id integer not null references catalogue_series (id),
  sop_instance_uid text not null unique,
  sop_class_uid text not null,
  instance_number integer,
  -- The source; where it was turned, with the result that is in the catalogue.
  instance_id integer not null references instances (id),
  result_id integer references results (id),
  attributes_json text not null
) strict;
create index catalogue_instances_by_series on catalogue_instances (series_id);
create index catalogue_instances_by_source on catalogue_instances (instance_id);

-- What holds nothing any more is not there.
create trigger catalogue_series_emptied after delete on catalogue_instances
  when not exists (select 1 from catalogue_instances where series_id = old.series_id)
begin delete from catalogue_series where id = old.series_id; end;
create trigger catalogue_series_left after update of series_id on catalogue_instances
  when new.series_id <> old.series_id
    and not exists (select 1 from catalogue_instances where series_id = old.series_id)
begin delete from catalogue_series where id = old.series_id; end;
create trigger catalogue_study_emptied after delete on catalogue_series
  when not exists (select 1 from catalogue_series where study_id = old.study_id)
begin delete from catalogue_studies where id = old.study_id; end;

-- Up to where the tables of instances and results were catalogued.
create table catalogue_progress (
  id integer primary key check (id = 1),
  instance_id integer not null,
  result_id integer not null
) strict;
insert into catalogue_progress (id, instance_id, result_id) values (1, 0, 0);
