/** What people were told, and what has to be known to tell them once. */
export const notices = `
create table notices (
  id integer primary key autoincrement,
  domain text not null references domains,
  recipient text not null,
  kind text not null,
  -- What it is about besides its kind: which reminder, which reset. Empty for what happens once.
  occasion text not null,
  version text not null,
  -- Counts up when somebody asks for it once more.
  round integer not null,
  language text not null,
  via text not null check (via in ('append', 'smtp', 'letter')),
  message_id text not null,
  attempts integer not null,
  -- A letter is none.
  write_id integer references writes,
  intended_at text not null,
  outcome text check (outcome in ('delivered', 'refused', 'failed', 'unknown')),
  message text,
  place text,
  ended_at text,
  removed_at text,
  unique (domain, recipient, kind, occasion, version, round)
) strict;

-- Whatever was, or may have been, put into an old mailbox by us: never carried over.
create table notice_contents (
  mailbox text not null,
  hash text not null,
  notice_id integer not null references notices,
  primary key (mailbox, hash)
) strict, without rowid;

-- Nothing can come into the old mailboxes any more, and what had come is on mailcow, compared: now people may be told.
create table last_deltas (
  domain text primary key references domains,
  verified_at text not null,
  recorded_at text not null
) strict, without rowid;

create table password_resets (
  id integer primary key autoincrement,
  domain text not null references domains,
  mailbox text not null,
  state text not null check (state in ('sealed', 'set', 'told', 'failed')),
  started_at text not null,
  -- When mailcow says that the password was last set, read back after ours.
  changed_at text,
  ended_at text,
  message text
) strict;
create index password_resets_by_mailbox on password_resets (mailbox, id);
`
