import { foldCase, shorten } from '../address.ts'
import type { LookupEntry } from './lookup-list.ts'
import type { PostfixParameter } from './parameters.ts'
import { ownTables, type PostfixState } from './postfix-state.ts'
import { entriesOf, isKeyOf, notesIn, parseTable, withBlock, withoutBlock } from './table-file.ts'

/** What an old server shall be for a domain from now on: a relay that accepts what the new server accepts. */
export interface SecondaryWanted {
  readonly domain: string
  readonly aliasDomains: readonly string[]
  /** Addresses that the new server takes, in the domain and its alias domains; `@example.at` accepts all. */
  readonly recipients: readonly string[]
  /** `[mailcow.example]:25` */
  readonly nextHop: string
}

/**
 * When a part of the change is made: what makes the relay valid, what says whose domain it is, what is known of its users. Forward in
 * this order, back in the other. An alias that goes before its domain would be refused as a user who does not exist.
 */
export type SecondaryPhase = 'relay' | 'domains' | 'users'

/** A table or list that has a part in it. */
export interface ConcernedTable {
  readonly phase: SecondaryPhase
  readonly path: string
  /** Type of the table, for postmap; undefined for a plain list of names. */
  readonly type: string | undefined
}

/** A table or list that gets another content. */
export interface FileChange extends ConcernedTable {
  /** Type of the table, for postmap; undefined for a plain list of names. */
  readonly type: string | undefined
  /** As it was read; undefined when there is none yet. */
  readonly before: string | undefined
  readonly after: string
}

/** A parameter of main.cf that gets another value. */
export interface ParameterChange {
  readonly phase: 'relay' | 'domains'
  readonly name: PostfixParameter
  readonly before: string
  readonly after: string
}

/**
 * - `table-opaque` a table that cannot be edited (pcre, mysql, ...) has a say over the domain
 * - `recipient-odd` an address cannot stand in a table
 * - `open-relay-domains` other relayed domains have no list of recipients and cannot be listed
 */
export type SecondaryProblemCode = 'table-opaque' | 'recipient-odd' | 'open-relay-domains'

export interface SecondaryProblem {
  readonly code: SecondaryProblemCode
  readonly message: string
}

/** The change of Postfix' files for one domain; plain data. Empty lists: everything is as wanted. */
export interface SecondaryPlan {
  readonly directory: string
  readonly domain: string
  /** The order in which it is made. In each phase: files, then parameters, then a reload. */
  readonly phases: readonly SecondaryPhase[]
  /** All that have a part in it, changed or not: after a crash nobody knows which of them Postfix has in its own format. */
  readonly tables: readonly ConcernedTable[]
  readonly files: readonly FileChange[]
  readonly parameters: readonly ParameterChange[]
  /** Somebody began a change of the domain and did not come to its end: all of it is done again. */
  readonly unfinished: boolean
  /** With one of these nothing is changed. */
  readonly problems: readonly SecondaryProblem[]
}

const LOCAL = [
  'virtual_mailbox_domains',
  'virtual_alias_domains',
  'virtual_alias_maps',
  'virtual_mailbox_maps',
] as const
const RELAY = ['relay_recipient_maps', 'relay_domains', 'transport_maps'] as const

const PHASES = ['relay', 'domains', 'users'] as const satisfies readonly SecondaryPhase[]
const PHASE_OF: Readonly<Record<PostfixParameter, SecondaryPhase>> = {
  relay_recipient_maps: 'relay',
  relay_domains: 'relay',
  transport_maps: 'relay',
  virtual_mailbox_domains: 'domains',
  virtual_alias_domains: 'domains',
  mydestination: 'domains',
  virtual_alias_maps: 'users',
  virtual_mailbox_maps: 'users',
}

/** Where our block of other relayed domains stands, in a table that we had to begin. */
const OTHERS = 'other-domains'

/** The minimal change that makes Postfix a relay for a domain. Pure; a plan made of its own outcome is empty. */
export function planSecondary(state: PostfixState, wanted: SecondaryWanted): SecondaryPlan {
  const domains = new Set([wanted.domain, ...wanted.aliasDomains].map(foldCase))
  const draft = new Draft(state, wanted.domain, PHASES)
  const odd = wanted.recipients.filter((address) => !isPlainKey(address, domains))
  for (const address of odd)
    draft.problem('recipient-odd', `${shorten(address)} cannot stand in a table of Postfix.`)
  const recipients = wanted.recipients.filter((address) => isPlainKey(address, domains)).map(foldCase)
  const names = [...domains].toSorted()
  // A relay without a list of recipients takes everything: by beginning a list the others must keep that.
  const others =
    state.parameters.lists.relay_recipient_maps.length === 0 ? otherRelayed(state, domains, draft) : []

  draft.add(
    'relay_recipient_maps',
    [...new Set(recipients)].toSorted().map((address) => [address, 'OK']),
  )
  draft.addOthers(others.map((domain) => [`@${domain}`, 'OK']))
  draft.add(
    'relay_domains',
    names.map((name) => [name, 'OK']),
  )
  draft.remove('transport_maps', domains)
  draft.add(
    'transport_maps',
    names.map((name) => [name, `relay:${wanted.nextHop}`]),
  )
  for (const name of LOCAL) draft.remove(name, domains)
  draft.removeNames(['virtual_alias_domains', 'virtual_mailbox_domains', 'mydestination'], domains)
  return draft.plan()
}

/** The way back: the domain's blocks are taken away, and what they took out stands there again. Pure. */
export function planPrimary(state: PostfixState, domain: string): SecondaryPlan {
  const draft = new Draft(state, domain, PHASES.toReversed())
  draft.restore()
  return draft.plan()
}

/** Tables that can only be asked; each is to be asked for these keys before anything is changed. */
export function opaqueTables(
  state: PostfixState,
): readonly { readonly parameter: PostfixParameter; readonly text: string }[] {
  return [...LOCAL, 'transport_maps' as const].flatMap((parameter) =>
    state.parameters.lists[parameter].flatMap((entry) =>
      entry.kind === 'opaque' ? [{ parameter, text: entry.text }] : [],
    ),
  )
}

function isPlainKey(address: string, domains: ReadonlySet<string>): boolean {
  return /^[^\s"#\p{Cc}]*@[^\s"#@\p{Cc}]+$/u.test(address) && isKeyOf(address, domains)
}

function otherRelayed(state: PostfixState, domains: ReadonlySet<string>, draft: Draft): readonly string[] {
  const others: string[] = []
  for (const entry of state.parameters.lists.relay_domains) {
    if (entry.kind === 'opaque')
      draft.problem(
        'open-relay-domains',
        `${entry.text} relays domains without a list of recipients; a list for ${[...domains][0]} would refuse their mail.`,
      )
    else if (entry.kind === 'name') others.push(entry.name)
    else others.push(...entriesOf(parseTable(state.sources.get(entry.path) ?? '')).map(({ key }) => key))
  }
  return [...new Set(others.map(foldCase))].filter((name) => !domains.has(name)).toSorted()
}

type Row = readonly [key: string, value: string]

/** Gathers what changes, per file, so that a file that serves two parameters is written once. */
class Draft {
  readonly #state: PostfixState
  readonly #domain: string
  readonly #rows = new Map<string, Map<string, string>>()
  readonly #others = new Map<string, readonly Row[]>()
  readonly #removals = new Map<string, ReadonlySet<string>>()
  readonly #tables = new Map<string, ConcernedTable>()
  readonly #phases: readonly SecondaryPhase[]
  readonly #parameters = new Map<PostfixParameter, string>()
  readonly #notes: string[] = []
  readonly #problems: SecondaryProblem[] = []
  #restoring = false

  constructor(state: PostfixState, domain: string, phases: readonly SecondaryPhase[]) {
    this.#state = state
    this.#domain = domain
    this.#phases = phases
  }

  problem(code: SecondaryProblemCode, message: string): void {
    this.#problems.push({ code, message })
  }

  /** Into the first table of the parameter that can be written to, or into one of our own. */
  add(parameter: (typeof RELAY)[number], rows: readonly Row[]): void {
    const { path, type } = this.#tableFor(parameter)
    this.#touch(parameter, path, type)
    const known = this.#rows.get(path) ?? new Map<string, string>()
    // One file may list relayed domains and their transports: the transport says both.
    for (const [key, value] of rows) if (!known.has(key) || value !== 'OK') known.set(key, value)
    this.#rows.set(path, known)
  }

  addOthers(rows: readonly Row[]): void {
    if (rows.length > 0) this.#others.set(this.#tableFor('relay_recipient_maps').path, rows)
  }

  remove(parameter: PostfixParameter, domains: ReadonlySet<string>): void {
    for (const entry of this.#state.parameters.lists[parameter]) {
      if (entry.kind !== 'table' && entry.kind !== 'file') continue
      this.#touch(parameter, entry.path, entry.kind === 'table' ? entry.type : undefined)
      this.#removals.set(entry.path, domains)
    }
  }

  /** Names that stand in main.cf itself. Where they stood is noted in the table of transports. */
  removeNames(parameters: readonly PostfixParameter[], domains: ReadonlySet<string>): void {
    for (const name of parameters) {
      const entries = this.#state.parameters.lists[name]
      const gone = entries.filter((entry) => isNameOf(entry, domains))
      if (gone.length === 0) continue
      this.#parameters.set(name, textOf(entries.filter((entry) => !gone.includes(entry))))
      this.#notes.push(...gone.map((entry) => `${name} ${entry.text}`))
    }
  }

  restore(): void {
    this.#restoring = true
    for (const name of [...LOCAL, ...RELAY])
      for (const entry of this.#state.parameters.lists[name])
        if (entry.kind === 'table' || entry.kind === 'file')
          this.#touch(name, entry.path, entry.kind === 'table' ? entry.type : undefined)
    for (const source of this.#state.sources.values())
      for (const note of notesIn(source, this.#domain)) {
        const [name = '', text = ''] = note.split(' ')
        const parameter = (
          ['virtual_alias_domains', 'virtual_mailbox_domains', 'mydestination'] as const
        ).find((known) => known === name)
        if (parameter === undefined) continue
        const entries = this.#state.parameters.lists[parameter]
        const current = this.#parameters.get(parameter) ?? textOf(entries)
        if (!current.split(', ').includes(text))
          this.#parameters.set(parameter, current === '' ? text : `${current}, ${text}`)
      }
  }

  plan(): SecondaryPlan {
    const { parameters } = this.#state
    const tables = [...this.#tables.values()]
    const files = tables
      .map((table): FileChange => {
        const before = this.#state.sources.get(table.path)
        return { ...table, before, after: this.#contentOf(table.path, before ?? '') }
      })
      // A table that is named and does not exist is none of our business on the way back.
      .filter(({ before, after }) => before !== after && !(this.#restoring && before === undefined))
    return {
      directory: parameters.directory,
      domain: this.#domain,
      phases: this.#phases,
      tables: tables.filter(({ path }) => this.#state.sources.has(path)),
      files,
      parameters: [...this.#parameters].map(([name, after]) => ({
        phase: PHASE_OF[name] === 'relay' ? 'relay' : 'domains',
        name,
        before: textOf(parameters.lists[name]),
        after,
      })),
      unfinished: this.#state.unfinished,
      problems: this.#problems,
    }
  }

  #contentOf(path: string, before: string): string {
    if (this.#restoring) return withoutBlock(before, this.#domain)
    const domains = this.#removals.get(path) ?? new Set()
    const rows = [...(this.#rows.get(path) ?? [])]
    const keys = new Set(rows.map(([key]) => key))
    const changed = withBlock(before, this.#domain, {
      // What stands there already with the same key would be a second entry of it.
      remove: ({ key }) => isKeyOf(key, domains) || keys.has(foldCase(key)),
      add: rows.map(([key, value]) => `${key} ${value}`),
      notes: path === this.#tableFor('transport_maps').path ? this.#notes : [],
    })
    const others = this.#others.get(path)
    if (others === undefined) return changed
    return withBlock(changed, OTHERS, {
      remove: () => false,
      add: others.map(([key, value]) => `${key} ${value}`),
    })
  }

  #tableFor(parameter: (typeof RELAY)[number]): { readonly type: string; readonly path: string } {
    const entries = this.#state.parameters.lists[parameter]
    const table = entries.find((entry) => entry.kind === 'table')
    if (table !== undefined) return table
    const own = ownTables(this.#state.parameters)[parameter]
    const named = `${own.type}:${own.path}`
    const old = textOf(entries)
    // Ours comes first where the first table decides, and last where all are asked.
    const joined = parameter === 'transport_maps' ? [named, old] : [old, named]
    this.#parameters.set(parameter, joined.filter((text) => text !== '').join(', '))
    return own
  }

  /** A file that serves two phases is written in the later one: it says both then. */
  #touch(parameter: PostfixParameter, path: string, type: string | undefined): void {
    const phase = PHASE_OF[parameter]
    const known = this.#tables.get(path)
    if (known !== undefined && this.#phases.indexOf(known.phase) >= this.#phases.indexOf(phase)) return
    this.#tables.delete(path)
    this.#tables.set(path, { phase, path, type: known?.type ?? type })
  }
}

function isNameOf(entry: LookupEntry, domains: ReadonlySet<string>): boolean {
  return entry.kind === 'name' && domains.has(foldCase(entry.name))
}

const textOf = (entries: readonly LookupEntry[]): string => entries.map(({ text }) => text).join(', ')
