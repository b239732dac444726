import { expect, test } from 'vitest'
import { old, outside, startFlow } from './mail-flow.ts'

// PostfixAdmin's tables in what Postfix asks of them.
const dump = `
create table domain (domain varchar(255), transport varchar(255), backupmx tinyint, active tinyint);
create table mailbox (username varchar(255), maildir varchar(255), active tinyint);
create table alias (address varchar(255), goto text, active tinyint);
create table alias_domain (alias_domain varchar(255), target_domain varchar(255), active tinyint);
insert into domain values ('example.at', 'virtual', 0, 1), ('example.co.at', 'virtual', 0, 1);
insert into mailbox values ('anna@example.at', 'example.at/anna/', 1), ('bernd@example.at', 'example.at/bernd/', 1);
insert into alias values ('anna@example.at', 'anna@example.at', 1), ('bernd@example.at', 'bernd@example.at', 1),
  ('office@example.at', 'anna@example.at,buero@partner.example', 1), ('aus@example.at', 'anna@example.at', 0);
insert into alias_domain values ('example.co.at', 'example.at', 1);
`

test('a database of PostfixAdmin can say what the old server hosts', { timeout: 60_000 }, async () => {
  await using flow = await startFlow()
  const { postfix } = flow.bed.old
  const server = await flow.bed.mariaDb()
  await postfix.usePostfixAdmin(await server.load('postfixadmin', dump, { mayWrite: true }))
  expect(await flow.endsByMx('bernd@example.at')).toEqual([old('bernd@example.at')])
  expect(await flow.endsByMx('office@example.co.at')).toEqual([
    old('anna@example.at'),
    outside('buero@partner.example'),
  ])
  // in the files before, not in the database
  await expect(flow.endsByMx('info@example.at')).rejects.toThrow('550')
  await expect(flow.endsByMx('aus@example.at')).rejects.toThrow('550')
  expect(await flow.endsByMx('bleibt@stay.example')).toEqual([old('bleibt@stay.example')])
})
