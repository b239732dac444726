/** When source messages were recorded as copied or found there: ranges of their UIDs, a few rows a batch. */
export const copiedAt = `
create table sync_copied_at (
  id integer primary key,
  folder_id integer not null references sync_folders on delete cascade,
  first integer not null,
  last integer not null,
  at text not null
) strict;
create index sync_copied_at_by_folder on sync_copied_at (folder_id, first);
`
