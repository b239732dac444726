/** What was put into users' address books on mailcow, so that a later run knows what they changed or deleted since. */
export const importedCards = `
create table imported_cards (
  mailbox text not null,
  book text not null,
  file text not null,
  sha256 text not null,
  etag text,
  at text not null,
  primary key (mailbox, book, file)
) strict, without rowid;
`
