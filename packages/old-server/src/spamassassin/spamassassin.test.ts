import { mkdtempSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { parseInventory } from '../read-file.ts'
import { parseUserPreferences } from './preferences.ts'
import { readUserPreferences } from './read-userpref.ts'
import { withSpamPreferences } from './with-preferences.ts'

const file = `# SpamAssassin user preferences file
required_hits 5
required_score 4.5   # stricter
whitelist_from *@Partner.example friend@example.net
welcomelist_from friend@example.net
blacklist_from	bad@example.net, worse@example.net
unblacklist_from worse@example.net
whitelist_from_rcvd boss@example.net example.net
whitelist_to me@example.at
score SOME_RULE 3
rewrite_header Subject *****SPAM*****
`

it('reads a user_prefs: the last threshold, each sender once, and says what it leaves out', () => {
  expect(parseUserPreferences(file)).toEqual({
    settings: { junk: 4.5, allow: ['*@partner.example', 'friend@example.net'], deny: ['bad@example.net'] },
    leftOut: ['whitelist_from_rcvd', 'whitelist_to'],
  })
  expect(parseUserPreferences('').settings).toEqual({ allow: [], deny: [] })
  expect(parseUserPreferences('required_score many\n')).toMatchObject({ leftOut: ['required_score'] })
})

it('reads the table userpref: everybody, domains and mailboxes; the nearest threshold holds', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'userpref-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'sa.sqlite')
  {
    using database = new DatabaseSync(path)
    database.exec(`
      create table userpref (username text, preference text, value text, prefid integer primary key);
      insert into userpref (username, preference, value) values
        ('$GLOBAL', 'required_score', '6'), ('$GLOBAL', 'blacklist_from', '*@spam.example'),
        ('%example.at', 'required_score', '5.5'), ('Anna@Example.at', 'required_hits', '4'),
        ('anna@example.at', 'whitelist_from', 'a@x.example'), ('anna@example.at', 'whitelist_from', 'b@x.example'),
        ('localuser', 'required_score', '1')`)
  }
  const preferences = await readUserPreferences(`sqlite:${path}`)
  const inventory = parseInventory(
    'domains: [{ domain: example.at, mailboxes: [{ address: anna@example.at }, { address: bob@example.at }] }, { domain: other.at }]',
    { format: 'yaml', file: 'i' },
  )
  const { domains } = withSpamPreferences(inventory, preferences)
  expect(domains.map(({ spam, mailboxes }) => [spam, ...mailboxes.map((mailbox) => mailbox.spam)])).toEqual([
    [
      { junk: 5.5, allow: [], deny: ['*@spam.example'] },
      { junk: 4, allow: ['a@x.example', 'b@x.example'], deny: [] },
      undefined,
    ],
    [{ junk: 6, allow: [], deny: ['*@spam.example'] }],
  ])
})

it('names a database without that table', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'userpref-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  new DatabaseSync(join(folder, 'empty.sqlite')).close()
  await expect(readUserPreferences(`sqlite:${join(folder, 'empty.sqlite')}`)).rejects.toMatchObject({
    code: 'database_schema',
  })
})
