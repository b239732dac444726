import { array, assert, constantFrom, oneof, property, string, uniqueArray } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeMailboxName } from '../wire/mailbox-name.ts'
import { mailcowTarget, mapFolders } from './map.ts'
import type { FolderListing, FolderMap, ListedFolder } from './types.ts'

function listing(
  names: readonly (string | Partial<ListedFolder>)[],
  personal: FolderListing['personal'] = { prefix: 'INBOX.', separator: '.' },
): FolderListing {
  const folders = names.map((item): ListedFolder => {
    const given = typeof item === 'string' ? { name: item } : item
    const name = given.name ?? ''
    return {
      wire: encodeMailboxName(name),
      name,
      separator: personal.separator,
      attributes: [],
      subscribed: false,
      selectable: true,
      ...given,
    }
  })
  return { personal, others: [], folders, foreign: [] }
}

const slash: FolderListing['personal'] = { prefix: '', separator: '/' }

function targets(map: FolderMap): Record<string, string> {
  return Object.fromEntries(map.entries.map(({ source, target }) => [source, target]))
}

function mapped(
  names: readonly (string | Partial<ListedFolder>)[],
  personal?: FolderListing['personal'],
): Record<string, string> {
  return targets(mapFolders(listing(names, personal)))
}

describe('the folder map', () => {
  test('children of INBOX. go to the root, with the other separator', () => {
    expect(mapped(['INBOX', 'INBOX.Kunden', 'INBOX.Kunden.Müller.2019'])).toEqual({
      INBOX: 'INBOX',
      'INBOX.Kunden': 'Kunden',
      'INBOX.Kunden.Müller.2019': 'Kunden/Müller/2019',
    })
  })

  test('without a prefix a folder below INBOX stays below INBOX, in any case', () => {
    expect(mapped(['INBOX', 'INBOX/Sub', 'inbox/Other', 'Kunden'], slash)).toEqual({
      INBOX: 'INBOX',
      'INBOX/Sub': 'INBOX/Sub',
      'inbox/Other': 'INBOX/Other',
      Kunden: 'Kunden',
    })
  })

  test('a folder that merely is called INBOX, below the prefix, is another one', () => {
    expect(mapped(['INBOX', 'INBOX.INBOX', 'INBOX.Inbox.Sub'])).toEqual({
      INBOX: 'INBOX',
      'INBOX.INBOX': 'INBOX (2)',
      'INBOX.Inbox.Sub': 'Inbox (2)/Sub',
    })
  })

  test('roles by attribute first, then by name, and folders of one role share one target', () => {
    const map = mapFolders(
      listing([
        { name: 'INBOX.Versendet', attributes: ['\\sent'], role: 'sent' },
        'INBOX.Gesendet',
        'INBOX.Gesendete Objekte',
        'INBOX.Papierkorb',
        'INBOX.Entwürfe',
        'INBOX.Spam',
        'INBOX.Archiv.2012',
        'INBOX.Archiv',
        'INBOX.Kunden.Gesendet',
      ]),
    )
    expect(targets(map)).toEqual({
      'INBOX.Versendet': 'Sent',
      'INBOX.Gesendet': 'Sent',
      'INBOX.Gesendete Objekte': 'Sent',
      'INBOX.Papierkorb': 'Trash',
      'INBOX.Entwürfe': 'Drafts',
      'INBOX.Spam': 'Junk',
      'INBOX.Archiv': 'Archive',
      'INBOX.Archiv.2012': 'Archive/2012',
      'INBOX.Kunden.Gesendet': 'Kunden/Gesendet',
    })
    expect(
      map.entries.filter(({ changes }) => changes?.includes('merged') === true).map(({ source }) => source),
    ).toEqual(['INBOX.Gesendet', 'INBOX.Gesendete Objekte', 'INBOX.Versendet'])
    expect(map.collisions).toEqual([])
  })

  test('names of roles in other languages, written by hand or by programs', () => {
    const names = [
      'Éléments envoyés',
      'Posta inviata',
      'Enviados',
      'Отправленные',
      'SENT ITEMS',
      'sent-mail',
      'Sent_Mail',
    ]
    for (const name of names) expect(mapped([`INBOX.${name}`])[`INBOX.${name}`]).toBe('Sent')
    for (const name of ['Werbung', 'Kunden', 'Sent to me', 'Trashy'])
      expect(mapped([`INBOX.${name}`])[`INBOX.${name}`]).toBe(name)
  })

  test("the target's own folder of a role is used, whatever it is called there", () => {
    const target = listing(
      [
        { name: 'Spam', role: 'junk' },
        { name: 'Gesendet', role: 'sent' },
      ],
      slash,
    )
    expect(targets(mapFolders(listing(['INBOX.Junk', 'INBOX.Sent']), target))).toEqual({
      'INBOX.Junk': 'Spam',
      'INBOX.Sent': 'Gesendet',
    })
    const both = listing(
      [
        { name: 'Spam', role: 'junk' },
        { name: 'Junk', role: 'junk' },
      ],
      slash,
    )
    expect(targets(mapFolders(listing(['INBOX.Unerwünscht']), both))).toEqual({ 'INBOX.Unerwünscht': 'Junk' })
  })

  test('no other collision is ever merged: one steps aside and both are named', () => {
    const map = mapFolders(
      listing(['INBOX.a-b', 'INBOX.a/b', 'INBOX.Mu\u0308ller', 'INBOX.Müller', 'INBOX.x', 'INBOX.x.y']),
    )
    expect(targets(map)).toEqual({
      'INBOX.a-b': 'a-b',
      'INBOX.a/b': 'a-b (2)',
      'INBOX.Müller': 'Müller',
      'INBOX.Mu\u0308ller': 'Müller (2)',
      'INBOX.x': 'x',
      'INBOX.x.y': 'x/y',
    })
    expect(
      map.collisions.map(({ kind, wanted, entries }) => [kind, wanted, entries.map(({ source }) => source)]),
    ).toEqual([
      ['name', 'Müller', ['INBOX.Müller', 'INBOX.Mu\u0308ller']],
      ['name', 'a-b', ['INBOX.a-b', 'INBOX.a/b']],
    ])
  })

  test('names that differ only in case stay two, and are named', () => {
    const map = mapFolders(listing(['INBOX.Kunden', 'INBOX.kunden']))
    expect(Object.values(targets(map))).toEqual(['Kunden', 'kunden'])
    expect(map.collisions).toMatchObject([
      { kind: 'case', entries: [{ source: 'INBOX.Kunden' }, { source: 'INBOX.kunden' }] },
    ])
  })

  test('empty segments, trailing separators, control characters, foreign namespaces', () => {
    expect(
      mapped([
        'INBOX.a..b',
        'INBOX.c.',
        'INBOX.tab\there',
        'INBOX.Shared',
        'INBOX.Shared.x',
        'INBOX..',
        'INBOX.~\\*%',
      ]),
    ).toEqual({
      'INBOX.a..b': 'a/_/b',
      'INBOX.c.': 'c',
      'INBOX.tab\there': 'tab_here',
      'INBOX.Shared': 'Shared (2)',
      'INBOX.Shared.x': 'Shared (2)/x',
      'INBOX..': '_',
      'INBOX.~\\*%': '~\\*%',
    })
  })

  test('names too long for a file name are cut, stay different and keep their beginning', () => {
    const long = 'Ä'.repeat(120)
    const map = mapFolders(
      listing([
        `INBOX.${long}1`,
        `INBOX.${long}2`,
        `INBOX.${'x'.repeat(200)}.${'y'.repeat(100)}.${'z'.repeat(100)}`,
        `INBOX.${'dot/'.repeat(40)}`,
      ]),
    )
    const wires = map.entries.map(({ targetWire }) => targetWire)
    expect(new Set(wires).size).toBe(4)
    for (const wire of wires) expect(wire.length).toBeLessThanOrEqual(254)
    expect(map.entries[0]?.target.startsWith('ÄÄÄÄ')).toBe(true)
  })

  test('parents that hold no mail are containers; virtual and shared folders are left out', () => {
    const source = listing([
      { name: 'INBOX.Kunden', selectable: false },
      'INBOX.Kunden.A',
      { name: 'INBOX.Alle', attributes: ['\\all'] },
    ])
    const map = mapFolders({ ...source, foreign: listing(['shared.team']).folders })
    expect(map.entries.map(({ source: name, selectable }) => [name, selectable])).toEqual([
      ['INBOX.Kunden', false],
      ['INBOX.Kunden.A', true],
    ])
    expect(map.leftOut).toEqual([
      { source: 'shared.team', sourceWire: 'shared.team', reason: 'shared' },
      { source: 'INBOX.Alle', sourceWire: 'INBOX.Alle', reason: 'virtual' },
    ])
  })

  test('a container of a role name does not push the role aside', () => {
    expect(
      mapped([
        { name: 'INBOX.Sent', selectable: false },
        'INBOX.Sent.2019',
        'INBOX.Gesendet',
        'INBOX.Gesendet.2019',
      ]),
    ).toEqual({
      'INBOX.Gesendet': 'Sent',
      'INBOX.Sent': 'Sent',
      'INBOX.Gesendet.2019': 'Sent/2019',
      'INBOX.Sent.2019': 'Sent/2019 (2)',
    })
  })

  test('a name that is no modified UTF-7 is kept apart and can be asked for as it is', () => {
    const odd: Partial<ListedFolder> = { name: 'INBOX.x', wire: 'INBOX.Entw&rfe' }
    const map = mapFolders(listing([odd, 'INBOX.Entw&rfe']))
    expect(map.entries.map(({ sourceWire, target }) => [sourceWire, target])).toEqual([
      ['INBOX.Entw&-rfe', 'Entw&rfe'],
      ['INBOX.Entw&rfe', 'Entw&rfe (2)'],
    ])
  })

  test('frozen entries never change; new folders are added and step aside', () => {
    const first = mapFolders(listing(['INBOX', 'INBOX.Kunden', 'INBOX.a-b', 'INBOX.Gesendet']))
    const frozen: FolderMap = {
      ...first,
      entries: first.entries.map((entry) =>
        entry.source === 'INBOX.Kunden' ? { ...entry, target: 'Firmen', targetWire: 'Firmen' } : entry,
      ),
    }
    const next = mapFolders(
      listing(['INBOX', 'INBOX.Kunden', 'INBOX.Kunden.Neu', 'INBOX.a/b', 'INBOX.Sent', 'INBOX.Firmen']),
      mailcowTarget,
      { frozen },
    )
    expect(next.entries.slice(0, frozen.entries.length)).toEqual(frozen.entries)
    expect(targets(next)).toMatchObject({
      'INBOX.Kunden.Neu': 'Firmen/Neu',
      'INBOX.a/b': 'a-b (2)',
      'INBOX.Sent': 'Sent',
      'INBOX.Firmen': 'Firmen (2)',
    })
    expect(mapFolders(listing(['INBOX']), mailcowTarget, { frozen: next }).entries).toEqual(next.entries)
  })
})

const segment = oneof(
  { weight: 4, arbitrary: string({ unit: 'grapheme', minLength: 1, maxLength: 12 }) },
  {
    weight: 3,
    arbitrary: constantFrom(
      'Sent',
      'Gesendet',
      'INBOX',
      'inbox',
      'Spam',
      'Archiv',
      'Shared',
      'a',
      'A',
      'a/b',
      'a-b',
      'e\u0301',
      'é',
      '',
      '..',
      'x (2)',
    ),
  },
  { weight: 1, arbitrary: string({ unit: 'binary', minLength: 100, maxLength: 300 }) },
)

const names = uniqueArray(
  array(segment, { minLength: 1, maxLength: 4 }).map(
    (path) => `INBOX.${path.map((part) => part.replaceAll('.', '')).join('.')}`,
  ),
  { maxLength: 25, selector: (name) => encodeMailboxName(name).replace(/\.+$/, '') },
)

test('whatever the names: no folder is lost, none shares a target but for its role, every name can be sent and held', () => {
  assert(
    property(names, (all) => {
      const folders = ['INBOX', ...all].filter((name) => !/[\p{Surrogate}]/u.test(name))
      const source = listing(folders)
      const map = mapFolders(source)
      expect(map.entries.map(({ sourceWire }) => sourceWire).toSorted()).toEqual(
        source.folders.map(({ wire }) => wire).toSorted(),
      )
      const shared = [...Map.groupBy(map.entries, ({ targetWire }) => targetWire).values()].filter(
        ({ length }) => length > 1,
      )
      expect(shared.map((group) => new Set(group.map(({ role }) => role)).size)).toEqual(shared.map(() => 1))
      expect(shared.flatMap((group) => group.map(({ role }) => typeof role))).toEqual(
        shared.flatMap((group) => group.map(() => 'string')),
      )
      for (const { targetWire, target } of map.entries) {
        expect(targetWire).toMatch(/^[ -~]+$/)
        expect(targetWire.length).toBeLessThanOrEqual(254)
        expect(targetWire).not.toMatch(/^\/|\/\/|\/$/)
        expect(target).toBe(target.normalize('NFC'))
        expect(target === 'INBOX' || target.split('/')[0]?.toUpperCase() !== 'INBOX').toBe(true)
      }
      // Computed again, from another order, it is the same; frozen, it stays.
      expect(targets(mapFolders(listing(folders.toReversed())))).toEqual(targets(map))
      expect(mapFolders(source, mailcowTarget, { frozen: map }).entries).toEqual(map.entries)
    }),
    { numRuns: 300 },
  )
})
