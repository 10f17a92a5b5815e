-- Up to which entry of the audit trail messages were sent to the syslog server. What comes after it waits.
create table audit_messages_sent (
  id integer primary key check (id = 1),
  seq integer not null
) strict;
insert into audit_messages_sent (id, seq) values (1, 0);
create trigger audit_messages_sent_stays before delete on audit_messages_sent
begin select raise(abort, 'what was sent stays known'); end;
