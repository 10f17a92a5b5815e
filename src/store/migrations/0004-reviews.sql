-- How a correction is carried out: pixels and header together, or, as a person asserted, the header first.
alter table decisions add column method text not null default 'reorient' check (method in ('reorient', 'relabel'));
-- The person whose decision it is; null: the node's.
alter table decisions add column by_person text;
-- What the policy was given besides what has a column: JSON.
alter table decisions add column evidence_json text;
alter table decisions add column manifest_sha256 text;

-- A person's acts on series. Never changed: a further act takes the place of an earlier one.
create table reviews (
  id integer primary key autoincrement,
  series_id integer not null references series (id),
  at integer not null,
  act text not null,
  by text not null,
  because text not null,
  -- What the person says that the picture shows.
  code text,
  -- The decision that the person looked at, and the one that stood after the act.
  looked_at integer references decisions (id),
  decision_id integer references decisions (id)
) strict;
create index reviews_by_series on reviews (series_id);
create trigger reviews_keep before update on reviews
begin select raise(abort, 'a review is never changed'); end;
create trigger reviews_stay before delete on reviews
begin select raise(abort, 'a review is never removed'); end;
