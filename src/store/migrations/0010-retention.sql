-- When retention took the file away on purpose; the record stays. Null: the file is there.
alter table instances add column removed_at integer;
alter table results add column removed_at integer;
-- What retention has to look at, series by series.
create index instances_with_file on instances (series_id) where removed_at is null;

-- Files whose records say already that they were removed, until they are off the disk: a crash between leaves none behind.
create table files_to_remove (
  file text primary key
) strict, without rowid;

-- Results that were removed and are to be sent again: they are derived of their sources first.
create table results_wanted (
  result_id integer primary key references results (id)
) strict;
create trigger result_wanted_by_new_delivery after insert on deliveries
  when new.state = 'pending' and (select removed_at from results where id = new.result_id) is not null
begin
  insert or ignore into results_wanted (result_id) values (new.result_id);
end;
create trigger result_wanted_again after update of state on deliveries
  when new.state = 'pending' and old.state <> 'pending'
    and (select removed_at from results where id = new.result_id) is not null
begin
  insert or ignore into results_wanted (result_id) values (new.result_id);
end;

-- Nobody queues what is gone for good, however long ago it was looked whether it is there.
create trigger delivery_of_what_is_there before insert on deliveries
  when new.state = 'pending' and (select removed_at from instances where id = new.instance_id) is not null
begin select raise(abort, 'removed by retention'); end;
create trigger delivery_again_of_what_is_there before update of state on deliveries
  when new.state = 'pending' and old.state <> 'pending'
    and (select removed_at from instances where id = new.instance_id) is not null
begin select raise(abort, 'removed by retention'); end;

-- Received again after retention removed them: the catalogue takes them up again.
create table catalogue_again (
  instance_id integer primary key references instances (id)
) strict;
create trigger instance_returned after update of removed_at on instances
  when old.removed_at is not null and new.removed_at is null
begin
  insert or ignore into catalogue_again (instance_id) values (new.id);
end;
