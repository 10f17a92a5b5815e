-- When a later decision took the place of the one that a delivery followed: it is never opened again. What still waited
-- then is dead, and is no dead letter.
alter table deliveries add column superseded_at integer;
drop trigger deliveries_recounted;
create trigger deliveries_recounted after update of state on deliveries when new.state <> old.state
begin
  update delivery_counts set deliveries = deliveries - 1 where destination = old.destination
    and state = iif(old.state = 'dead' and old.superseded_at is not null, 'superseded', old.state);
  insert into delivery_counts (destination, state, deliveries)
    values (new.destination, iif(new.state = 'dead' and new.superseded_at is not null, 'superseded', new.state), 1)
    on conflict do update set deliveries = deliveries + 1;
end;
create index decisions_by_stack_group on decisions (stack_group_id) where stack_group_id is not null;

-- An order for many series, and how far it is.
create table batches (
  id integer primary key autoincrement,
  -- Chosen by who ordered it: the same order again gives the same batch.
  key text unique,
  order_json text not null,
  by text not null,
  created_at integer not null,
  ended_at integer,
  state text not null check (state in ('running', 'paused', 'cancelled', 'done')),
  series_all integer not null default 0,
  series_done integer not null default 0,
  series_failed integer not null default 0,
  series_changed integer not null default 0,
  -- JSON object: instances by destination; in a dry run those that would be.
  queued_json text not null default '{}',
  delivered integer not null default 0,
  gone integer not null default 0
) strict;
create index batches_running on batches (id) where state = 'running';

-- The series that were chosen when the batch was ordered, and what became of each.
create table batch_series (
  id integer primary key autoincrement,
  batch_id integer not null references batches (id),
  series_id integer not null references series (id),
  state text not null check (state in ('waiting', 'done', 'failed')),
  -- It was not chosen: it is decided with one that was.
  joined integer not null check (joined in (0, 1)),
  -- JSON objects: decision and observed code.
  before_json text,
  after_json text,
  changed integer not null default 0 check (changed in (0, 1)),
  queued_json text not null default '{}',
  gone integer not null default 0,
  sentence text,
  unique (batch_id, series_id)
) strict;
create index batch_series_waiting on batch_series (batch_id, id) where state = 'waiting';
create index batch_series_in_order on batch_series (batch_id, id);
create trigger batch_series_counted after update of state on batch_series when new.state <> old.state
begin
  update batches set series_done = series_done + (new.state = 'done'),
    series_failed = series_failed + (new.state = 'failed'), series_changed = series_changed + new.changed,
    gone = gone + new.gone where id = new.batch_id;
end;

-- The deliveries that a batch opened; `waiting` until one arrived, or will not any more.
create table batch_deliveries (
  delivery_id integer not null references deliveries (id) on delete cascade,
  batch_id integer not null references batches (id),
  waiting integer not null check (waiting in (0, 1)),
  primary key (delivery_id, batch_id)
) strict, without rowid;
create index batch_deliveries_waiting on batch_deliveries (batch_id) where waiting = 1;
create trigger batch_deliveries_arrived after update of state on deliveries
  when new.state = 'delivered' and old.state <> 'delivered'
begin
  update batches set delivered = delivered + 1
    where id in (select batch_id from batch_deliveries where delivery_id = new.id and waiting = 1);
  update batch_deliveries set waiting = 0 where delivery_id = new.id and waiting = 1;
end;
create trigger batch_deliveries_given_up after update of state on deliveries
  when new.state = 'dead' and old.state <> 'dead'
begin
  update batch_deliveries set waiting = 0 where delivery_id = new.id and waiting = 1;
end;
