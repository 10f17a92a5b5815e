-- What a scanner asked: when is what it sent safe (N-ACTION, PS3.4 annex J)?
create table commitment_orders (
  id integer primary key autoincrement,
  transaction_uid text not null,
  calling_ae_title text not null,
  requested_at integer not null,
  -- open: some instance has no outcome yet. settled: all have; to be reported. unreported: given up.
  state text not null check (state in ('open', 'settled', 'reported', 'unreported')),
  -- When it is looked at next, or its report tried.
  due_at integer not null,
  report_attempts integer not null,
  unique (transaction_uid, calling_ae_title)
) strict;
create index commitment_orders_due on commitment_orders (due_at) where state in ('open', 'settled');

-- By the UIDs of the originals, as the scanner knows them.
create table commitment_order_items (
  order_id integer not null references commitment_orders (id),
  sop_instance_uid text not null,
  sop_class_uid text not null,
  -- 0: committed; a Failure Reason (0008,1197); null: not known yet.
  outcome integer,
  primary key (order_id, sop_instance_uid)
) strict, without rowid;
