-- Whether a series is part of a batch that is not over: retention asks for each.
create index batch_series_by_series on batch_series (series_id);
