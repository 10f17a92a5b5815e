-- Answers that come twice are known, too.
drop index commitments_by_transaction;
create index commitments_by_transaction on commitments (transaction_uid) where transaction_uid is not null;
