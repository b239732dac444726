import { array, assert, constantFrom, property, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type RecipientSources, relayRecipients } from './relay-recipients.ts'

const now = new Date('2026-09-01T12:00:00Z')
const nothing: RecipientSources = {
  domain: 'example.at',
  mailboxes: [],
  aliases: [],
  aliasDomains: [],
  temporaryAliases: [],
  resources: [],
  now,
}
const mailbox = (
  address: string,
  active = true,
  receiveOnly = false,
): RecipientSources['mailboxes'][number] => ({
  address,
  active,
  receiveOnly,
})
const alias = (address: string, active = true): RecipientSources['aliases'][number] => ({ address, active })

describe('the addresses that the old server has to know', () => {
  it('are mailboxes that receive, active aliases, resources and time-limited aliases', () => {
    expect(
      relayRecipients({
        ...nothing,
        mailboxes: [
          mailbox('Anna@example.at'),
          mailbox('off@example.at', false),
          mailbox('in@example.at', false, true),
        ],
        aliases: [alias('info@example.at'), alias('off2@example.at', false), alias('x@other.example')],
        resources: ['room@example.at', 'room@other.example'],
        temporaryAliases: [
          { address: 'gone@example.at', validUntil: new Date(now.getTime()) },
          { address: 'soon@example.at', validUntil: new Date(now.getTime() + 1) },
          { address: 'ever@example.at', validUntil: null },
        ],
      }),
    ).toEqual([
      'anna@example.at',
      'ever@example.at',
      'in@example.at',
      'info@example.at',
      'room@example.at',
      'soon@example.at',
    ])
  })

  it('map mailboxes into alias domains, and nothing else', () => {
    expect(
      relayRecipients({
        ...nothing,
        mailboxes: [mailbox('anna@example.at')],
        aliases: [alias('info@example.at'), alias('extra@example.co.at'), alias('x@off.example')],
        aliasDomains: [
          { domain: 'Example.co.at', active: true },
          { domain: 'off.example', active: false },
        ],
        temporaryAliases: [{ address: 'tmp@example.co.at', validUntil: null }],
      }),
    ).toEqual([
      'anna@example.at',
      'anna@example.co.at',
      'extra@example.co.at',
      'info@example.at',
      'tmp@example.co.at',
    ])
  })

  it('keep a catch-all as what it is', () => {
    expect(relayRecipients({ ...nothing, aliases: [alias('@example.at')] })).toEqual(['@example.at'])
  })

  it('are sorted, each once, all of the domain or its alias domains, however mailcow lists them', () => {
    const address = tuple(
      constantFrom('a', 'B', 'c+x', ''),
      constantFrom('example.at', 'EXAMPLE.at', 'example.co.at', 'sub.example.at'),
    ).map(([local, domain]) => `${local}@${domain}`)
    assert(
      property(array(address), array(address), array(address), (one, two, three) => {
        const found = relayRecipients({
          ...nothing,
          mailboxes: one.map((name) => mailbox(name.replace(/@.*/, '@example.at'))),
          aliases: two.map((name) => alias(name)),
          resources: three,
          aliasDomains: [{ domain: 'example.co.at', active: true }],
        })
        expect(found).toEqual([...new Set(found)].toSorted())
        expect(found.filter((name) => !/@example\.(?:co\.)?at$/.test(name))).toEqual([])
        const own = [...two, ...three]
          .map((text) => text.toLowerCase())
          .filter((name) => /@example\.(?:co\.)?at$/.test(name))
        expect(found).toEqual(expect.arrayContaining(own))
      }),
    )
  })
})
