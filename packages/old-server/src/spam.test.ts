import { describe, expect, it } from 'vitest'
import { mergeInventories } from './merge.ts'
import { printInventory } from './print.ts'
import { parseInventory } from './read-file.ts'

const yaml = `
domains:
  - domain: example.at
    spam: { junk: 6, allow: ["*@Partner.example"], deny: [bad@example.net] }
    mailboxes:
      - address: anna@example.at
        spam: { junk: 4.5, reject: 12, allow: [b@x.example, a@x.example, a@x.example], deny: [a@x.example] }
      - address: bob@example.at
`
const csv = `kind,address,targets
mailbox,anna@example.at,
mailbox,bob@example.at,
spam-junk,example.at,6
spam-allow,example.at,*@partner.example
spam-deny,example.at,bad@example.net
spam-junk,anna@example.at,4.5
spam-reject,anna@example.at,12
spam-allow,anna@example.at,a@x.example b@x.example
spam-deny,anna@example.at,a@x.example
`
const read = (text: string, format: 'yaml' | 'csv') => parseInventory(text, { format, file: 'i' })
const spamOf = (inventory: ReturnType<typeof read>) =>
  inventory.domains.map(({ spam, mailboxes }) => [spam, ...mailboxes.map((mailbox) => mailbox.spam)])

describe('spam settings of an inventory file', () => {
  it('says the same in YAML and CSV, each sender once, allowed before denied', () => {
    const found = spamOf(read(yaml, 'yaml'))
    expect(found).toEqual([
      [
        { junk: 6, allow: ['*@partner.example'], deny: ['bad@example.net'] },
        { junk: 4.5, reject: 12, allow: ['a@x.example', 'b@x.example'], deny: [] },
        undefined,
      ],
    ])
    expect(spamOf(read(csv, 'csv'))).toEqual(found)
  })
  it('reads back what it prints', () => {
    const inventory = read(yaml, 'yaml')
    for (const format of ['yaml', 'csv'] as const)
      expect(spamOf(read(printInventory(inventory, { format }), format))).toEqual(spamOf(inventory))
  })
  it('puts the lists of two sources together, and takes the first one’s points', () => {
    const other = `domains: [{ domain: example.at, spam: { junk: 9, reject: 20, allow: [c@x.example] } }]`
    expect(mergeInventories([read(yaml, 'yaml'), read(other, 'yaml')]).domains[0]?.spam).toEqual({
      junk: 6,
      reject: 20,
      allow: ['*@partner.example', 'c@x.example'],
      deny: ['bad@example.net'],
    })
  })
  it.each([
    ['spam-junk,anna@example.at,much', 'no number of points'],
    ['spam-allow,anna@example.at,"<b@x.example>"', 'no sender'],
    ['spam-allow,nobody@example.at,b@x.example', 'no mailbox nobody@example.at'],
    ['spam-junk,anna@example.at,5', 'has a spam score already'],
  ])('%s is a problem', (row, problem) => {
    expect(() => read(`${csv}${row}\n`, 'csv')).toThrow(problem)
  })
})
