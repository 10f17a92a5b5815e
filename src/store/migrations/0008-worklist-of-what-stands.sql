-- What a later decision replaced is neither waiting nor dead nor delivered any more: a line of the list tells of what
-- stands.
drop trigger worklist_delivery_moved;
create trigger worklist_delivery_moved after update of state, attempts, superseded_at on deliveries
  when new.state <> old.state or (new.attempts = 0) <> (old.attempts = 0)
    or (new.superseded_at is null) <> (old.superseded_at is null)
begin
  update worklist set
      waiting = waiting + (new.superseded_at is null and new.state = 'pending' and new.attempts = 0)
        - (old.superseded_at is null and old.state = 'pending' and old.attempts = 0),
      failing = failing + (new.superseded_at is null and new.state = 'pending' and new.attempts > 0)
        - (old.superseded_at is null and old.state = 'pending' and old.attempts > 0),
      dead = dead + (new.superseded_at is null and new.state = 'dead')
        - (old.superseded_at is null and old.state = 'dead'),
      delivered = delivered + (new.superseded_at is null and new.state = 'delivered')
        - (old.superseded_at is null and old.state = 'delivered')
    where series_id = (select series_id from instances where id = new.instance_id);
end;
drop trigger worklist_delivery_gone;
create trigger worklist_delivery_gone after delete on deliveries when old.superseded_at is null
begin
  update worklist set waiting = waiting - (old.state = 'pending' and old.attempts = 0),
      failing = failing - (old.state = 'pending' and old.attempts > 0), dead = dead - (old.state = 'dead'),
      delivered = delivered - (old.state = 'delivered')
    where series_id = (select series_id from instances where id = old.instance_id);
end;
