/** Everything a first release needs. Never edited once released: later layouts are migrations of their own. */
export const firstLayout = `
create table domains (
  domain text primary key,
  first_seen_at text not null,
  additive_since text,
  additive_reason text
) strict, without rowid;

-- The phase goes one way: in 'additive' nothing of the user's is ever changed or deleted again.
create trigger domains_stay_additive before update of additive_since on domains
when old.additive_since is not null and new.additive_since is not old.additive_since
begin select raise(abort, 'additive is irreversible'); end;

create table stage_runs (
  id integer primary key autoincrement,
  domain text not null references domains,
  stage text not null,
  state text not null,
  started_at text not null,
  ended_at text,
  summary text
) strict;
create index stage_runs_by_domain on stage_runs (domain, stage, id);

create table stage_reports (
  run_id integer primary key references stage_runs,
  digest text not null,
  body blob not null
) strict;

create table domain_locks (
  domain text primary key,
  pid integer not null,
  host text not null,
  since text not null,
  command text not null
) strict, without rowid;

create table mailboxes (
  address text primary key,
  domain text not null references domains,
  name text,
  quota_bytes integer,
  active integer not null check (active in (0, 1)),
  listed integer not null check (listed in (0, 1)),
  announced_at text
) strict, without rowid;
create index mailboxes_by_domain on mailboxes (domain);

create trigger mailboxes_stay_announced before update of announced_at on mailboxes
when old.announced_at is not null and new.announced_at is not old.announced_at
begin select raise(abort, 'announced is irreversible'); end;

create table mailbox_results (
  address text not null references mailboxes,
  stage text not null,
  state text not null,
  at text not null,
  summary text,
  counts text not null,
  primary key (address, stage)
) strict, without rowid;

create table objects (
  domain text not null references domains,
  kind text not null,
  key text not null,
  state text not null check (state in ('intended', 'created', 'removed')),
  remote_id text,
  intended_at text not null,
  created_at text,
  removed_at text,
  primary key (domain, kind, key)
) strict, without rowid;

create table writes (
  id integer primary key autoincrement,
  domain text not null references domains,
  system text not null,
  operation text not null,
  item text not null,
  payload text,
  intended_at text not null,
  creates_kind text,
  creates_key text,
  removes_kind text,
  removes_key text,
  outcome text check (outcome in ('done', 'failed', 'unknown')),
  message text,
  remote_id text,
  ended_at text
) strict;
create index writes_by_domain on writes (domain, id);
create index writes_open on writes (domain, id) where outcome is null or outcome = 'unknown';

create table findings (
  domain text not null references domains,
  scope text not null,
  code text not null,
  item text not null,
  severity text not null check (severity in ('red', 'yellow', 'info')),
  message text not null,
  remedy text not null,
  first_seen_at text not null,
  last_seen_at text not null,
  primary key (domain, scope, code, item)
) strict, without rowid;

create table acceptances (
  id integer primary key autoincrement,
  domain text not null references domains,
  code text not null,
  item text not null,
  reason text not null,
  who text not null,
  at text not null,
  message text not null,
  lapsed_at text
) strict;
-- One acceptance in force per finding.
create unique index acceptances_in_force on acceptances (domain, code, item) where lapsed_at is null;

create table folder_map (
  mailbox text not null,
  source text not null,
  target text not null,
  entry text not null,
  position integer not null,
  primary key (mailbox, source)
) strict, without rowid;

create table folder_map_rest (
  mailbox text primary key,
  rest text not null
) strict, without rowid;

create trigger folder_map_is_frozen before update of mailbox, source, target, position on folder_map
begin select raise(abort, 'the folder map is frozen'); end;

create table sync_folders (
  id integer primary key,
  mailbox text not null,
  source text not null,
  target text not null,
  source_uid_validity integer not null,
  target_uid_validity integer not null,
  created integer not null check (created in (0, 1)),
  checkpoint text,
  unique (mailbox, source)
) strict;

-- Run-length: consecutive UIDs are one row.
create table sync_runs (
  folder_id integer not null references sync_folders on delete cascade,
  kind text not null check (kind in ('pair', 'orphan', 'delivered')),
  source integer not null check (source > 0),
  target integer not null check (target > 0),
  count integer not null check (count > 0),
  flags text not null,
  origin text not null check (origin in ('copied', 'found')),
  primary key (folder_id, kind, source)
) strict, without rowid;
create unique index sync_runs_by_target on sync_runs (folder_id, kind, target);

create table sync_set_aside (
  folder_id integer not null references sync_folders on delete cascade,
  uid integer not null,
  reason text not null,
  file text not null,
  bytes integer not null,
  subject text,
  message_id text,
  date text,
  primary key (folder_id, uid)
) strict, without rowid;

create table sync_intents (
  seq integer primary key autoincrement,
  mailbox text not null,
  id text not null,
  source text not null,
  target text not null,
  target_uid_validity integer not null,
  target_uid_next integer not null,
  uids text not null,
  unique (mailbox, id)
) strict;

create table verify_reports (
  id integer primary key autoincrement,
  domain text not null references domains,
  mailbox text,
  coverage text not null check (coverage in ('full', 'changes')),
  green integer not null check (green in (0, 1)),
  at text not null,
  digest text not null,
  body blob not null
) strict;
create index verify_reports_by_domain on verify_reports (domain, mailbox, id);

create trigger verify_reports_are_frozen before update on verify_reports
begin select raise(abort, 'a verify report is evidence'); end;

create table secrets (
  domain text not null,
  mailbox text not null,
  purpose text not null,
  sealed blob not null,
  sealed_at text not null,
  primary key (domain, mailbox, purpose)
) strict, without rowid;

create table app_passwords (
  mailbox text not null,
  name text not null,
  domain text not null,
  state text not null check (state in ('intended', 'created', 'removed')),
  remote_id text,
  intended_at text not null,
  created_at text,
  removed_at text,
  primary key (mailbox, name)
) strict, without rowid;
-- One of ours at a time on a mailbox.
create unique index app_passwords_outstanding on app_passwords (mailbox) where state <> 'removed';
`
