import { parseAddress, parseDomain, shorten } from './address.ts'
import { type CsvRow, readCsvRows } from './csv-rows.ts'
import { type Draft, emptyDraft } from './draft.ts'
import { parseName, parseQuotaBytes, parseSwitch, parseUsername } from './fields.ts'
import { mailboxSwitches } from './mailbox-switches.ts'
import type { Parsed } from './parsed.ts'
import type { Position, Problems } from './problems.ts'
import { parseScore, parseSender } from './spam.ts'
import { suggestName } from './suggest.ts'
import { parseTarget, splitTargets } from './target.ts'

export const csvColumns = ['kind', 'address', 'targets', 'name', 'quotaBytes', 'active'] as const
/** Only written when a mailbox needs them. */
export const rareCsvColumns = ['canReceive', 'canLogin', 'ownAddress'] as const
type Column = (typeof csvColumns)[number] | (typeof rareCsvColumns)[number]
const allColumns: readonly Column[] = [...csvColumns, ...rareCsvColumns]
const requiredColumns: readonly Column[] = ['kind', 'address', 'targets']

/** Which columns a kind of row fills; anything else in it is a mistake. */
const kinds = new Map<
  string,
  { readonly uses: readonly Column[]; readonly read: (row: Row, draft: Draft) => void }
>([
  ['mailbox', { uses: ['name', 'quotaBytes', 'active', ...rareCsvColumns], read: readMailbox }],
  ['alias', { uses: ['targets', 'active'], read: readAlias }],
  ['alias-domain', { uses: ['targets', 'active'], read: readAliasDomain }],
  ['domain', { uses: ['active'], read: readDomain }],
  ['domain-admin', { uses: ['targets', 'name'], read: readAdmin }],
  ['spam-junk', { uses: ['targets'], read: (row, draft) => readScore(row, draft, 'junk') }],
  ['spam-reject', { uses: ['targets'], read: (row, draft) => readScore(row, draft, 'reject') }],
  ['spam-allow', { uses: ['targets'], read: (row, draft) => readSenders(row, draft, 'allow') }],
  ['spam-deny', { uses: ['targets'], read: (row, draft) => readSenders(row, draft, 'deny') }],
])

/**
 * Reads `kind,address,targets,name,quotaBytes,active`, the columns in any order.
 *
 * | kind | address | targets |
 * |---|---|---|
 * | `mailbox` | its address | |
 * | `alias` | its address, `@domain` for the catch-all | where it leads, separated by blanks |
 * | `alias-domain` | the alias domain | the domain it stands for |
 * | `domain` | the domain: only needed when it has no mailbox or alias, or is inactive | |
 * | `domain-admin` | the domain | the admin's user name |
 * | `spam-junk`, `spam-reject` | a mailbox or a domain | points from which on mail is spam, or refused |
 * | `spam-allow`, `spam-deny` | a mailbox or a domain | senders, `*@example.net`, separated by blanks |
 */
export function parseCsv(text: string, problems: Problems): Draft {
  const draft = emptyDraft()
  const [header, ...rows] = readCsvRows(text, problems)
  const columns = header === undefined ? undefined : readHeader(header, problems)
  if (header === undefined)
    problems.add({ line: 1, column: 1 }, 'the file is empty', `begin with ${csvColumns.join(',')}`)
  if (columns === undefined) return draft
  for (const csv of rows) {
    const row = new Row(csv, columns, problems)
    const name = row.text('kind').toLowerCase()
    const kind = kinds.get(name)
    if (csv.fields.length > columns.size)
      problems.add(
        csv.fieldAt(columns.size),
        `${csv.fields.length} fields, but the first line names ${columns.size} columns`,
        'put fields that hold the separator into quotes',
      )
    else if (kind === undefined) {
      const nearest = suggestName(name, [...kinds.keys()])
      const known = [...kinds.keys()].join(', ')
      row.problem(
        'kind',
        `'${shorten(name)}' is no kind`,
        nearest === undefined ? `known are ${known}` : `did you mean ${nearest}?`,
      )
    } else {
      for (const column of columns.keys())
        if (!['kind', 'address', ...kind.uses].includes(column) && row.text(column) !== '')
          row.problem(column, `${name} rows have no ${column}`, 'leave the field empty')
      kind.read(row, draft)
    }
  }
  return draft
}

function readHeader(header: CsvRow, problems: Problems): ReadonlyMap<Column, number> | undefined {
  const columns = new Map<Column, number>()
  for (const [index, name] of header.fields.entries()) {
    const column = allColumns.find((candidate) => candidate.toLowerCase() === name.toLowerCase())
    if (column === undefined) {
      const nearest = suggestName(name, allColumns)
      problems.add(
        header.fieldAt(index),
        `'${shorten(name)}' is no column`,
        nearest === undefined ? `known are ${csvColumns.join(', ')}` : `did you mean ${nearest}?`,
      )
    } else if (columns.has(column)) problems.add(header.fieldAt(index), `the column ${column} appears twice`)
    else columns.set(column, index)
  }
  const missing = requiredColumns.filter((column) => !columns.has(column))
  if (missing.length > 0)
    problems.add(
      header.at,
      `missing columns: ${missing.join(', ')}`,
      `the first line must be ${csvColumns.join(',')}`,
    )
  return columns.size === header.fields.length && missing.length === 0 ? columns : undefined
}

/** A record seen through the names of its columns. */
class Row {
  readonly at: Position
  readonly #csv: CsvRow
  readonly #columns: ReadonlyMap<Column, number>
  readonly #problems: Problems

  constructor(csv: CsvRow, columns: ReadonlyMap<Column, number>, problems: Problems) {
    this.at = csv.at
    this.#csv = csv
    this.#columns = columns
    this.#problems = problems
  }

  get origin(): { readonly file: string } & Position {
    return { file: this.#problems.file, ...this.at }
  }

  /** Empty when the column or the field is not there. */
  text(column: Column): string {
    const index = this.#columns.get(column)
    return index === undefined ? '' : (this.#csv.fields[index] ?? '')
  }

  fieldAt(column: Column): Position {
    const index = this.#columns.get(column)
    return index === undefined ? this.at : this.#csv.fieldAt(index)
  }

  problem(column: Column, message: string, suggestion?: string): void {
    this.#problems.add(this.fieldAt(column), message, suggestion)
  }

  /** Hands out the value, or notes the problem. */
  parsed<Value>(column: Column, result: Parsed<Value>): Value | undefined {
    if ('value' in result) return result.value
    this.problem(column, result.problem, result.suggestion)
    return undefined
  }

  flag(column: Column, fallback: boolean): boolean {
    return this.parsed(column, parseSwitch(this.text(column), fallback)) ?? fallback
  }
}

function readMailbox(row: Row, draft: Draft): void {
  const address = row.parsed('address', parseAddress(row.text('address')))
  const name = row.parsed('name', parseName(row.text('name')))
  const quotaBytes = row.parsed('quotaBytes', parseQuotaBytes(row.text('quotaBytes')))
  const active = row.flag('active', true)
  const switches = mailboxSwitches((column) => row.flag(column, true))
  if (address === undefined) return
  const named = name === undefined || name === '' ? {} : { name }
  draft.mailboxes.push({
    mailbox: { address, ...named, quotaBytes, active, ...switches, origin: row.origin },
    at: row.fieldAt('address'),
  })
}

function readAlias(row: Row, draft: Draft): void {
  const address = row.parsed('address', parseAddress(row.text('address'), { catchAll: true }))
  const texts = splitTargets(row.text('targets'))
  if (texts.length === 0)
    row.problem('targets', 'an alias without targets', 'write /dev/null if mail is to be thrown away')
  const targets = texts.flatMap((text) => row.parsed('targets', parseTarget(text)) ?? [])
  const active = row.flag('active', true)
  if (address !== undefined)
    draft.addresses.push({
      address: { address, targets, active, origin: row.origin },
      at: row.fieldAt('address'),
    })
}

function readAliasDomain(row: Row, draft: Draft): void {
  const aliasDomain = row.parsed('address', parseDomain(row.text('address')))
  const target = row.parsed('targets', parseDomain(row.text('targets')))
  const active = row.flag('active', true)
  if (aliasDomain !== undefined && target !== undefined)
    draft.aliasDomains.push({ aliasDomain, target, active, at: row.fieldAt('address') })
}

function readDomain(row: Row, draft: Draft): void {
  const domain = row.parsed('address', parseDomain(row.text('address')))
  const active = row.flag('active', true)
  if (domain !== undefined) draft.domains.push({ domain, active, at: row.fieldAt('address') })
}

function readOwner(row: Row): string | undefined {
  const text = row.text('address')
  return row.parsed('address', text.includes('@') ? parseAddress(text) : parseDomain(text))
}

function readScore(row: Row, draft: Draft, field: 'junk' | 'reject'): void {
  const owner = readOwner(row)
  const score = row.parsed('targets', parseScore(row.text('targets')))
  if (owner === undefined || score === undefined) return
  draft.spam.push({ owner, spam: { [field]: score, allow: [], deny: [] }, at: row.fieldAt('address') })
}

function readSenders(row: Row, draft: Draft, list: 'allow' | 'deny'): void {
  const owner = readOwner(row)
  const texts = splitTargets(row.text('targets'))
  if (texts.length === 0) row.problem('targets', 'a list without senders')
  const senders = texts.flatMap((text) => row.parsed('targets', parseSender(text)) ?? [])
  if (owner === undefined) return
  draft.spam.push({ owner, spam: { allow: [], deny: [], [list]: senders }, at: row.fieldAt('address') })
}

function readAdmin(row: Row, draft: Draft): void {
  const domain = row.parsed('address', parseDomain(row.text('address')))
  const username = row.parsed('targets', parseUsername(row.text('targets')))
  const name = row.parsed('name', parseName(row.text('name')))
  if (domain === undefined || username === undefined) return
  const admin = { username, ...(name === undefined || name === '' ? {} : { name }) }
  draft.admins.push({ domain, admin, at: row.fieldAt('address') })
}
