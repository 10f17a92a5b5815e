-- Why the last try failed, and how many failures in a row had a cause of the same kind; null once it has arrived.
alter table deliveries add column cause text;
alter table deliveries add column cause_failures integer not null default 0;
alter table delivery_attempts add column cause text;
