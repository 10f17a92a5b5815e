-- The destinations that are asked to commit to what they were sent (PS3.4 annex J), as the node was last started.
create table commitment_destinations (
  destination text primary key
) strict, without rowid;

-- One row for each delivery that such a destination took: until confirmed_at is there, it has not committed to it.
create table commitments (
  delivery_id integer primary key references deliveries (id) on delete cascade,
  destination text not null,
  -- When it is asked, or asked again.
  due_at integer not null,
  -- How often it was asked.
  asked integer not null,
  -- Of the request that was made last.
  transaction_uid text,
  confirmed_at integer,
  -- Plain words, where the archive did not commit.
  reason text
) strict;
create index commitments_due on commitments (destination, due_at) where confirmed_at is null;
create index commitments_by_transaction on commitments (transaction_uid) where confirmed_at is null;

create trigger commitment_owed after update of state on deliveries
  when new.state = 'delivered' and old.state <> 'delivered' and new.superseded_at is null
    and exists (select 1 from commitment_destinations where destination = new.destination)
begin
  insert into commitments (delivery_id, destination, due_at, asked)
    values (new.id, new.destination, new.delivered_at, 0)
    on conflict do update set destination = excluded.destination, due_at = excluded.due_at, transaction_uid = null,
      confirmed_at = null;
end;
-- Nobody waits for what a later decision replaced.
create trigger commitment_superseded after update of superseded_at on deliveries when new.superseded_at is not null
begin
  delete from commitments where delivery_id = new.id and confirmed_at is null;
end;
