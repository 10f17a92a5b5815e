-- A model may give no short-axis score, and it may tell the sequence kind and what a slice shows of the heart: JSON
-- objects of probabilities by name. SQLite cannot take back a "not null", so the table is made anew.
create table predictions_now (
  instance_id integer not null references instances (id),
  decision_id integer not null references decisions (id),
  probabilities_json text not null,
  sax real,
  angle_degrees real,
  kind_json text,
  quality_json text,
  model_sha256 text not null,
  primary key (decision_id, instance_id)
) strict, without rowid;
insert into predictions_now (instance_id, decision_id, probabilities_json, sax, angle_degrees, model_sha256)
  select instance_id, decision_id, probabilities_json, sax, angle_degrees, model_sha256 from predictions;
drop table predictions;
alter table predictions_now rename to predictions;
create index predictions_by_instance on predictions (instance_id);

-- In-plane angle of the picture as corrected by the observed code, and by how much it differs from the header's.
alter table decisions add column angle_degrees real;
alter table decisions add column angle_difference_degrees real;
