-- Times are milliseconds since 1970-01-01 UTC. Columns that end in _json hold JSON text. Files are paths relative to the
-- spool. Ids grow in order of arrival and are never used again.

create table series (
  id integer primary key autoincrement,
  study_instance_uid text not null,
  series_instance_uid text not null,
  -- The sequence kind by the headers: scanners and de-identifiers give one Series Instance UID to scouts and cines alike.
  part text not null,
  kind text,
  kind_rule text,
  state text not null check (state in ('receiving', 'decided')),
  first_received_at integer not null,
  last_received_at integer not null,
  decision_id integer references decisions (id),
  flags_json text not null,
  unique (study_instance_uid, series_instance_uid, part)
) strict;
create index series_by_uid on series (series_instance_uid);
create index series_by_state on series (state);

create table instances (
  id integer primary key autoincrement,
  sop_instance_uid text not null,
  sop_class_uid text not null,
  transfer_syntax_uid text not null,
  study_instance_uid text not null,
  series_instance_uid text not null,
  frame_of_reference_uid text,
  calling_ae_title text not null,
  called_ae_title text not null,
  via text not null check (via in ('dimse', 'stow')),
  received_at integer not null,
  file text not null unique,
  data_set_offset integer not null,
  data_set_length integer not null,
  data_set_sha256 text not null,
  pixel_sha256 text,
  version integer not null check (version >= 1),
  header_json text not null,
  series_id integer not null references series (id),
  state text not null check (state in ('undecided', 'decided')),
  flags_json text not null,
  unique (sop_instance_uid, version)
) strict;
create index instances_by_series on instances (series_id);
create index instances_undecided on instances (id) where state = 'undecided';

create table stack_groups (
  id integer primary key autoincrement,
  study_instance_uid text not null,
  frame_of_reference_uid text not null,
  kind text not null,
  plane_json text not null
) strict;
create index stack_groups_by_study on stack_groups (study_instance_uid);

-- A decision is never changed, only superseded: the bytes of the derived files are a function of this row.
create table decisions (
  id integer primary key autoincrement,
  series_id integer not null references series (id),
  stack_group_id integer references stack_groups (id),
  decided_at integer not null,
  decision text not null check (decision in ('standardize', 'pass-through', 'hold-for-review')),
  mode text not null check (mode in ('observe', 'standardize')),
  observed_code text,
  correction text,
  kind text not null,
  reason text not null,
  metric_reason text not null,
  flags_json text not null,
  probabilities_json text,
  sax real,
  header_json text,
  thresholds_json text not null,
  model_name text,
  model_version text,
  model_sha256 text,
  provider text,
  software_version text not null,
  supersedes integer references decisions (id),
  derivation_json text
) strict;
create index decisions_by_series on decisions (series_id);
create index decisions_to_hold on decisions (decided_at) where decision = 'hold-for-review';
create trigger decisions_keep before update on decisions
begin select raise(abort, 'a decision is never changed, only superseded'); end;
-- "insert or replace" removes without a delete trigger.
create trigger decisions_are_new before insert on decisions when exists (select 1 from decisions where id = new.id)
begin select raise(abort, 'a decision is never changed, only superseded'); end;
create trigger decisions_stay before delete on decisions
begin select raise(abort, 'a decision is never removed'); end;

create table predictions (
  instance_id integer not null references instances (id),
  decision_id integer not null references decisions (id),
  probabilities_json text not null,
  sax real not null,
  angle_degrees real,
  model_sha256 text not null,
  primary key (decision_id, instance_id)
) strict, without rowid;
create index predictions_by_instance on predictions (instance_id);

-- The pairs of source and derived UIDs are the join of results with instances.
create table results (
  id integer primary key autoincrement,
  instance_id integer not null references instances (id),
  decision_id integer not null references decisions (id),
  sop_instance_uid text not null,
  series_instance_uid text not null,
  file text not null unique,
  data_set_offset integer not null,
  data_set_length integer not null,
  sha256 text not null,
  transfer_syntax_uid text not null,
  stale_private_json text not null
) strict;
create index results_by_instance on results (instance_id);
create index results_by_decision on results (decision_id);
create index results_by_uid on results (sop_instance_uid);

create table deliveries (
  id integer primary key autoincrement,
  destination text not null,
  instance_id integer not null references instances (id),
  result_id integer references results (id),
  purpose text not null check (purpose in ('result', 'original')),
  sop_instance_uid text not null,
  sop_class_uid text not null,
  transfer_syntax_uid text not null,
  file text not null,
  data_set_offset integer not null,
  data_set_length integer not null,
  calling_ae_title text not null,
  state text not null check (state in ('pending', 'delivered', 'dead')),
  attempts integer not null,
  next_attempt_at integer not null,
  reason text,
  queued_at integer not null,
  delivered_at integer
) strict;
create index deliveries_by_instance on deliveries (instance_id);
create index deliveries_by_result on deliveries (result_id) where result_id is not null;
create index deliveries_due on deliveries (destination, next_attempt_at, id) where state = 'pending';
create index deliveries_waiting_by_uid on deliveries (destination, sop_instance_uid, id) where state = 'pending';
create index deliveries_waiting_by_age on deliveries (destination, queued_at) where state = 'pending';
create index deliveries_dead on deliveries (destination, id) where state = 'dead';

create table delivery_attempts (
  id integer primary key autoincrement,
  delivery_id integer not null references deliveries (id),
  at integer not null,
  outcome text not null check (outcome in ('delivered', 'failed', 'dead')),
  reason text
) strict;
create index delivery_attempts_by_delivery on delivery_attempts (delivery_id);

-- Counts that /metrics asks for every few seconds, kept by triggers so that nobody counts a million rows.
create table delivery_counts (
  destination text not null,
  state text not null,
  deliveries integer not null,
  primary key (destination, state)
) strict, without rowid;
create trigger deliveries_counted after insert on deliveries
begin
  insert into delivery_counts (destination, state, deliveries) values (new.destination, new.state, 1)
    on conflict do update set deliveries = deliveries + 1;
end;
create trigger deliveries_recounted after update of state on deliveries when new.state <> old.state
begin
  update delivery_counts set deliveries = deliveries - 1 where destination = old.destination and state = old.state;
  insert into delivery_counts (destination, state, deliveries) values (new.destination, new.state, 1)
    on conflict do update set deliveries = deliveries + 1;
end;
create trigger deliveries_uncounted after delete on deliveries
begin
  update delivery_counts set deliveries = deliveries - 1 where destination = old.destination and state = old.state;
end;

-- One row for each flag, and one with the flag '' for all decisions.
create table decision_counts (
  decision text not null,
  mode text not null,
  kind text not null,
  reason text not null,
  flag text not null,
  decisions integer not null,
  primary key (decision, mode, kind, reason, flag)
) strict, without rowid;
create trigger decisions_counted after insert on decisions
begin
  insert into decision_counts (decision, mode, kind, reason, flag, decisions)
    select new.decision, new.mode, new.kind, new.metric_reason, value, 1
      from (select '' as value union select value from json_each(new.flags_json)) where true
    on conflict do update set decisions = decisions + 1;
end;

-- hash = SHA-256 of the JSON text [seq, at, event, actor, subject_json, detail_json, previous_hash].
create table audit (
  seq integer primary key,
  at integer not null,
  event text not null,
  actor text not null,
  subject_json text not null,
  detail_json text not null,
  previous_hash text not null,
  hash text not null
) strict;
create trigger audit_keep before update on audit
begin select raise(abort, 'the audit trail is append-only'); end;
create trigger audit_stay before delete on audit
begin select raise(abort, 'the audit trail is append-only'); end;

-- Where the chain ends: without it, rows missing from the end could not be noticed.
create table audit_head (
  id integer primary key check (id = 1),
  seq integer not null,
  hash text not null
) strict;
insert into audit_head (id, seq, hash) values (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
create trigger audit_head_grows before update on audit_head when new.seq <= old.seq
begin select raise(abort, 'the audit trail is append-only'); end;
create trigger audit_head_is_one before insert on audit_head
begin select raise(abort, 'the audit trail is append-only'); end;
create trigger audit_appends before insert on audit when new.seq <= (select seq from audit_head)
begin select raise(abort, 'the audit trail is append-only'); end;
create trigger audit_head_stays before delete on audit_head
begin select raise(abort, 'the audit trail is append-only'); end;
