/** What the time after the hand-over needs: whose password it is, and who wrote what. */
export const afterwards = `
-- When mailcow says that the initial password of a mailbox we made was set, read back: another time is the user's own doing.
create table initial_passwords (
  mailbox text primary key,
  domain text not null references domains,
  changed_at text not null,
  recorded_at text not null
) strict, without rowid;

-- mailcow's numbers of all app passwords that were ever ours: logins with them were ours too.
create table app_password_numbers (
  domain text not null references domains,
  remote_id text not null,
  primary key (domain, remote_id)
) strict, without rowid;
insert into app_password_numbers
select domain, remote_id from app_passwords where remote_id is not null group by domain, remote_id;

-- Who ran the command.
alter table writes add column operator text;
alter table stage_runs add column operator text;

-- The log only grows: what was intended stays as it was, and nothing is taken out of it.
create trigger writes_are_kept before delete on writes
begin select raise(abort, 'the log of writes only grows'); end;
create trigger writes_stay_as_intended
before update of id, domain, system, operation, item, payload, intended_at, operator on writes
begin select raise(abort, 'the log of writes only grows'); end;

-- No subjects of messages: the file of a message that was set aside says what it is.
update sync_set_aside set subject = null where subject is not null;
update findings set message = 'The message' || substr(message, instr(message, '” was not copied') + 1)
where code = 'message-set-aside' and instr(message, '” was not copied') > 0;
update acceptances set message = 'The message' || substr(message, instr(message, '” was not copied') + 1)
where code = 'message-set-aside' and instr(message, '” was not copied') > 0;
`
