import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { expandAddress, type Inventory, mergeInventories, parseInventory } from '../src/index.ts'

// Tables of a real Postfix 3.7.11 and where real messages to each address ended up.
const transcript = readFileSync(new URL('./data/alias-semantics-transcript.txt', import.meta.url), 'utf8')
const [plain = '', withIdentities = ''] = transcript.split(/^# now with identity aliases.*$/mu)

/** The tables of the transcript as an inventory. `identities`: each mailbox keeps its own address, as PostfixAdmin does it. */
function inventoryOf(identities: boolean): Inventory {
  const aliases = new Map<string, string>()
  let last = ''
  for (const [, line = ''] of transcript.matchAll(/^valiases:(.*)$/gmu)) {
    const [, key, targets = line] = /^(\S+)\s+(.*)$/u.exec(line.startsWith(' ') ? '' : line) ?? []
    last = key ?? last
    aliases.set(last, `${aliases.get(last) ?? ''} ${targets}`)
  }
  const mailboxes = [...transcript.matchAll(/^vmailboxes:(\S+)/gmu)].map(([, address]) => address)
  const rows = [
    ...mailboxes.map((address) => `mailbox,${address},,,,,${identities}`),
    ...[...aliases]
      .filter(([address]) => address !== '@alias.example')
      .map(([address, targets]) => `alias,${address},"${targets}",,,,`),
    'alias-domain,alias.example,traps.example,,,,',
  ]
  return parseInventory(`kind,address,targets,name,quotaBytes,active,ownAddress\n${rows.join('\n')}\n`, {
    format: 'csv',
  })
}

const cases = [
  { tables: inventoryOf(false), results: plain },
  { tables: inventoryOf(true), results: withIdentities },
].flatMap(({ tables, results }, index) =>
  [...results.matchAll(/^(\S+@\S+)\s+-> (.*)$/gmu)].map(([, address = '', outcome = '']) => ({
    title: `${address} (${index === 0 ? 'plain tables' : 'with identity rows'})`,
    tables,
    address,
    outcome,
  })),
)

it('reads the whole transcript', () => {
  expect(cases.length).toBe(21)
  expect(mergeInventories([inventoryOf(true)]).domains[0]?.addresses.length).toBe(10)
})

it.each(cases)('delivers $title where Postfix did', ({ tables, address, outcome }) => {
  const { leaves, undeliverable, stop } = expandAddress(tables, address, { myOrigin: 'mx.old.test' })
  const recipients = leaves.map((leaf) => leaf.address).toSorted()
  // What Postfix then could not deliver elsewhere is a matter of that place.
  const expected = outcome.replace('(bounced)', '').split(', ').toSorted()
  expect({ recipients, undeliverable, stop: stop?.kind }).toEqual(
    outcome.includes('451')
      ? { recipients: [], undeliverable: [], stop: 'loop' }
      : { recipients: expected, undeliverable: [], stop: undefined },
  )
})
