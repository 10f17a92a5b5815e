-- The audit trail is read newest first: all of it, of an event, of a person, of a study or series.
create index audit_by_time on audit (at);
create index audit_by_event on audit (event, at);
create index audit_by_actor on audit (actor, at);
create index audit_by_study on audit (subject_json ->> '$.studyInstanceUid', at);
create index audit_by_series on audit (subject_json ->> '$.seriesInstanceUid', at);

-- The queue of a destination by what became of it, in the order of queueing; what fails, by its cause. What a later
-- decision replaced is no dead letter.
create index deliveries_untried on deliveries (destination, id) where state = 'pending' and attempts = 0;
create index deliveries_failing on deliveries (destination, id) where state = 'pending' and attempts > 0;
create index deliveries_dead_letters on deliveries (destination, id) where state = 'dead' and superseded_at is null;
create index deliveries_delivered on deliveries (destination, id) where state = 'delivered';
create index deliveries_failing_causes on deliveries (destination, reason) where state = 'pending' and attempts > 0;
create index deliveries_dead_causes on deliveries (destination, reason)
  where state = 'dead' and superseded_at is null;
