import { array, assert, constantFrom, nat, oneof, property, record, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lookupList } from './lookup-list.ts'
import type { PostfixParameter } from './parameters.ts'
import type { PostfixState } from './postfix-state.ts'
import { planPrimary, planSecondary, type SecondaryPlan, type SecondaryWanted } from './secondary-plan.ts'
import { entriesOf, parseTable } from './table-file.ts'

const NAMES: readonly PostfixParameter[] = [
  'virtual_mailbox_domains',
  'virtual_alias_domains',
  'virtual_mailbox_maps',
  'virtual_alias_maps',
  'relay_domains',
  'relay_recipient_maps',
  'transport_maps',
  'mydestination',
]

type Parameters = Partial<Record<PostfixParameter, string>>

function stateOf(parameters: Parameters, files: Readonly<Record<string, string>>): PostfixState {
  const list = (name: PostfixParameter): ReturnType<typeof lookupList> => lookupList(parameters[name] ?? '')
  return {
    parameters: {
      directory: '/etc/postfix',
      lists: {
        virtual_mailbox_domains: list('virtual_mailbox_domains'),
        virtual_alias_domains: list('virtual_alias_domains'),
        virtual_mailbox_maps: list('virtual_mailbox_maps'),
        virtual_alias_maps: list('virtual_alias_maps'),
        relay_domains: list('relay_domains'),
        relay_recipient_maps: list('relay_recipient_maps'),
        transport_maps: list('transport_maps'),
        mydestination: list('mydestination'),
      },
      recipientDelimiter: '+',
      myOrigin: 'mailhaus.example',
      defaultDatabaseType: 'hash',
    },
    sources: new Map(Object.entries(files)),
    unfinished: false,
  }
}

/** What is so once a plan is carried out. */
function after(state: PostfixState, plan: SecondaryPlan): PostfixState {
  const sources = new Map(state.sources)
  for (const { path, after: text } of plan.files) sources.set(path, text)
  const lists = { ...state.parameters.lists }
  for (const { name, after: text } of plan.parameters) lists[name] = lookupList(text)
  return { ...state, sources, parameters: { ...state.parameters, lists } }
}

const textOf = (state: PostfixState, name: PostfixParameter): string =>
  state.parameters.lists[name].map(({ text }) => text).join(', ')
const entries = (state: PostfixState, path: string): readonly (readonly [string, string])[] =>
  entriesOf(parseTable(state.sources.get(path) ?? '')).map(({ key, value }) => [key, value])

const wanted: SecondaryWanted = {
  domain: 'example.at',
  aliasDomains: ['example.co.at'],
  recipients: ['anna@example.at', 'info@example.at', 'anna@example.co.at'],
  nextHop: '[mailcow.example]:25',
}

const FILES = {
  virtual_mailbox_domains: 'hash:/p/vdomains',
  virtual_mailbox_maps: 'hash:/p/vmailboxes',
  virtual_alias_domains: 'hash:/p/aliasdomains',
  virtual_alias_maps: 'hash:/p/valiases',
  relay_domains: 'hash:/p/relay_domains',
  relay_recipient_maps: 'hash:/p/relay_recipients',
  transport_maps: 'hash:/p/transport',
} as const
const SOURCES = {
  '/p/vdomains': 'example.at OK\nstay.example OK\n',
  '/p/vmailboxes': 'anna@example.at example.at/anna/\nbleibt@stay.example stay.example/bleibt/\n',
  '/p/aliasdomains': 'example.co.at alias\n',
  '/p/valiases':
    'info@example.at anna@example.at\n@example.co.at @example.at\ninfo@stay.example bleibt@stay.example\n',
  '/p/relay_domains': '# secondary for these\n',
  '/p/relay_recipients': '',
  '/p/transport': '# where these go\n',
}

const problems = (
  parameters: Parameters,
  recipients: readonly string[] = wanted.recipients,
): readonly string[] =>
  planSecondary(stateOf({ ...FILES, ...parameters }, SOURCES), { ...wanted, recipients }).problems.map(
    ({ code }) => code,
  )

describe('the plan of a relay', () => {
  it('makes the relay valid first, then takes the domain over, and its users at last', () => {
    const plan = planSecondary(stateOf(FILES, SOURCES), wanted)
    expect(plan.phases).toEqual(['relay', 'domains', 'users'])
    expect(plan.files.map(({ phase, path }) => `${phase} ${path}`)).toEqual([
      'relay /p/relay_recipients',
      'relay /p/relay_domains',
      'relay /p/transport',
      'domains /p/vdomains',
      'domains /p/aliasdomains',
      'users /p/valiases',
      'users /p/vmailboxes',
    ])
    expect(plan.parameters).toEqual([])
    const done = after(stateOf(FILES, SOURCES), plan)
    expect(entries(done, '/p/relay_recipients')).toEqual([
      ['anna@example.at', 'OK'],
      ['anna@example.co.at', 'OK'],
      ['info@example.at', 'OK'],
    ])
    expect(entries(done, '/p/transport')).toEqual([
      ['example.at', 'relay:[mailcow.example]:25'],
      ['example.co.at', 'relay:[mailcow.example]:25'],
    ])
    expect(entries(done, '/p/valiases')).toEqual([['info@stay.example', 'bleibt@stay.example']])
  })

  it('goes back the other way round', () => {
    const done = after(stateOf(FILES, SOURCES), planSecondary(stateOf(FILES, SOURCES), wanted))
    const back = planPrimary(done, wanted.domain)
    expect(back.phases).toEqual(['users', 'domains', 'relay'])
    expect(Object.fromEntries(after(done, back).sources)).toMatchObject({
      '/p/vdomains': 'stay.example OK\nexample.at OK\n',
      '/p/relay_domains': '# secondary for these\n',
      '/p/transport': '# where these go\n',
    })
  })

  it('writes a file that serves two parameters once, in the later phase', () => {
    const parameters = {
      ...FILES,
      virtual_alias_domains: FILES.virtual_alias_maps,
      transport_maps: 'hash:/p/relay_domains',
    }
    const sources = { ...SOURCES, '/p/valiases': `example.co.at anything\n${SOURCES['/p/valiases']}` }
    const plan = planSecondary(stateOf(parameters, sources), wanted)
    const paths = plan.files.map(({ path }) => path)
    expect(new Set(paths).size).toBe(paths.length)
    expect(plan.files.find(({ path }) => path === '/p/valiases')?.phase).toBe('users')
    const done = after(stateOf(parameters, sources), plan)
    // Who lists a domain as relayed does not care what its value says; the transport does.
    expect(entries(done, '/p/relay_domains')).toEqual([
      ['example.at', 'relay:[mailcow.example]:25'],
      ['example.co.at', 'relay:[mailcow.example]:25'],
    ])
    expect(planSecondary(done, wanted).files).toEqual([])
  })

  it('takes names out of main.cf itself and puts them back', () => {
    const parameters = {
      ...FILES,
      virtual_mailbox_domains: 'stay.example, example.at',
      virtual_alias_domains: 'example.co.at',
      mydestination: 'localhost, example.at',
    }
    const state = stateOf(parameters, SOURCES)
    const plan = planSecondary(state, wanted)
    expect(plan.parameters).toEqual([
      { phase: 'domains', name: 'virtual_alias_domains', before: 'example.co.at', after: '' },
      {
        phase: 'domains',
        name: 'virtual_mailbox_domains',
        before: 'stay.example, example.at',
        after: 'stay.example',
      },
      { phase: 'domains', name: 'mydestination', before: 'localhost, example.at', after: 'localhost' },
    ])
    const done = after(state, plan)
    const back = after(done, planPrimary(done, wanted.domain))
    for (const name of ['virtual_mailbox_domains', 'virtual_alias_domains', 'mydestination'] as const)
      expect(textOf(back, name)).toBe(parameters[name])
  })

  it('begins lists of its own without closing other relayed domains', () => {
    const parameters = {
      ...FILES,
      relay_recipient_maps: '',
      relay_domains: 'partner.example, hash:/p/relay_domains',
    }
    const sources = { ...SOURCES, '/p/relay_domains': 'second.example OK\n' }
    const plan = planSecondary(stateOf(parameters, sources), wanted)
    expect(plan.parameters).toEqual([
      {
        phase: 'relay',
        name: 'relay_recipient_maps',
        before: '',
        after: 'hash:/etc/postfix/mailmove_relay_recipients',
      },
    ])
    const done = after(stateOf(parameters, sources), plan)
    expect(entries(done, '/etc/postfix/mailmove_relay_recipients')).toEqual(
      expect.arrayContaining([
        ['@partner.example', 'OK'],
        ['@second.example', 'OK'],
        ['anna@example.at', 'OK'],
      ]),
    )
    // The next domain finds a list and adds to it only what is its own.
    const other = planSecondary(done, {
      ...wanted,
      domain: 'other.example',
      aliasDomains: [],
      recipients: ['x@other.example'],
    })
    const both = entries(after(done, other), '/etc/postfix/mailmove_relay_recipients')
    expect(both).toEqual(
      expect.arrayContaining([
        ['@partner.example', 'OK'],
        ['anna@example.at', 'OK'],
        ['x@other.example', 'OK'],
      ]),
    )
  })

  it('says what cannot be edited', () => {
    expect(problems({})).toEqual([])
    expect(problems({ relay_recipient_maps: '', relay_domains: 'pcre:/p/others' })).toEqual([
      'open-relay-domains',
    ])
    expect(
      problems({}, ['with blank@example.at', 'anna@elsewhere.example', 'a"b@example.at', '#a@example.at']),
    ).toEqual(Array.from({ length: 4 }, () => 'recipient-odd'))
  })
})

/** Configurations as admins have them: tables, lists in main.cf, shared files, missing tables; lines of several domains, comments. */
const DOMAINS = ['example.at', 'example.co.at', 'stay.example', 'sub.example.at', 'xexample.at'] as const
const OURS = new Set<string>(['example.at', 'example.co.at'])
const PATHS = ['/p/a', '/p/b', '/p/c', '/p/d'] as const
const line = oneof(
  constantFrom('# a comment\n', '\n', '   # indented\n'),
  tuple(
    constantFrom('anna', 'info', ''),
    constantFrom(...DOMAINS),
    constantFrom('OK', 'x@stay.example', 'relay:[old]'),
  ).map(([local, domain, value]) => `${local}@${domain}\t${value}\n`),
  tuple(constantFrom(...DOMAINS), constantFrom('OK', 'a,\n  b')).map(
    ([domain, value]) => `${domain} ${value}\n`,
  ),
)
const content = array(line, { maxLength: 8 }).map((lines) => lines.join(''))
const list = array(
  oneof(
    constantFrom(...PATHS).map((path) => `hash:${path}`),
    constantFrom(...DOMAINS),
  ),
  { maxLength: 3 },
)
/** Postfix takes no names where it looks values up. */
const tables = array(
  constantFrom(...PATHS).map((path) => `hash:${path}`),
  { maxLength: 2 },
)
const anyState = record({
  virtual_mailbox_domains: list,
  virtual_alias_domains: list,
  relay_domains: list,
  mydestination: list,
  virtual_mailbox_maps: tables,
  virtual_alias_maps: tables,
  relay_recipient_maps: tables,
  transport_maps: tables,
  files: tuple(content, content, content, content),
}).map(({ files, ...lists }) => {
  const parameters: Parameters = Object.fromEntries(
    Object.entries(lists).map(([name, value]) => [name, [...new Set(value)].join(', ')]),
  )
  return stateOf(parameters, Object.fromEntries(PATHS.map((path, index) => [path, files[index] ?? ''])))
})

const domainOf = (key: string): string => key.slice(key.lastIndexOf('@') + 1)
/** What the configuration says of others, line by line and in order. */
function ofOthers(state: PostfixState): unknown {
  const rows = PATHS.map((path) => entries(state, path).filter(([key]) => !OURS.has(domainOf(key))))
  const names = NAMES.map((name) =>
    state.parameters.lists[name]
      .map(({ text }) => text)
      .filter((text) => !OURS.has(text) && !text.includes('/mailmove_')),
  )
  return { rows, names }
}
function ofOurs(state: PostfixState): unknown {
  const rows = PATHS.map((path) =>
    entries(state, path)
      .filter(([key]) => OURS.has(domainOf(key)))
      .map((row) => row.join(' '))
      .toSorted(),
  )
  const names = NAMES.map((name) =>
    state.parameters.lists[name]
      .map(({ text }) => text)
      .filter((text) => OURS.has(text))
      .toSorted(),
  )
  return { rows, names }
}

describe('whatever the configuration is like', () => {
  it('a plan of its own outcome is empty', () => {
    assert(
      property(anyState, (state) => {
        const again = planSecondary(after(state, planSecondary(state, wanted)), wanted)
        expect({ files: again.files, parameters: again.parameters }).toEqual({ files: [], parameters: [] })
      }),
    )
  })

  it('lines of other domains never change, there and back', () => {
    assert(
      property(anyState, (state) => {
        const there = after(state, planSecondary(state, wanted))
        expect(ofOthers(there)).toEqual(ofOthers(state))
        expect(ofOthers(after(there, planPrimary(there, wanted.domain)))).toEqual(ofOthers(state))
      }),
    )
  })

  it('back is back, also after the list of recipients has changed', () => {
    assert(
      property(anyState, (state) => {
        const there = after(state, planSecondary(state, wanted))
        const fresh = after(there, planSecondary(there, { ...wanted, recipients: ['neu@example.at'] }))
        for (const relayed of [there, fresh])
          expect(ofOurs(after(relayed, planPrimary(relayed, wanted.domain)))).toEqual(ofOurs(state))
      }),
    )
  })

  it('stopped before any file, it is gone on with to the same end', () => {
    assert(
      property(anyState, nat(8), (state, count) => {
        const plan = planSecondary(state, wanted)
        const whole = after(state, plan)
        const half = after(state, { ...plan, files: plan.files.slice(0, count), parameters: [] })
        expect(ofOurs(after(half, planSecondary(half, wanted)))).toEqual(ofOurs(whole))
      }),
    )
  })
})
