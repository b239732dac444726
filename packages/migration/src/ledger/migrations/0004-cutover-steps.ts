/** What of a domain's cut-over was begun and what is done: one row a step and way, the last try of each. */
export const cutoverSteps = `
create table cutover_steps (
  domain text not null references domains (domain),
  way text not null check (way in ('forward', 'back')),
  step text not null,
  started_at text not null,
  done_at text,
  message text,
  detail text,
  primary key (domain, way, step)
) strict, without rowid;
`
