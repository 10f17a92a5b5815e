-- When the file was taken away on purpose; the record stays. Null: the file is there.
alter table instances add column removed_at integer;
alter table results add column removed_at integer;
-- What retention has to look at, series by series.
create index instances_with_file on instances (series_id) where removed_at is null;
create index results_without_file on results (id) where removed_at is not null;

-- Files whose records say already that they were removed, until they are off the disk: a crash between leaves none behind.
create table files_to_remove (
  file text primary key
) strict, without rowid;
