import { OldServerError } from '../errors.ts'

/** Where a database is and how to get in. */
export type DatabaseLocation =
  | { readonly kind: 'sqlite'; readonly file: string; readonly prefix: string }
  | {
      readonly kind: 'mysql' | 'postgres'
      readonly host: string
      readonly port: number
      /** Path of a Unix socket (MySQL) or of the folder that holds it (PostgreSQL). */
      readonly socket: string | undefined
      readonly database: string
      readonly user: string
      readonly password: string
      readonly tls: boolean
      readonly prefix: string
    }

const kinds = new Map<string, 'mysql' | 'postgres'>([
  ['mysql:', 'mysql'],
  ['mariadb:', 'mysql'],
  ['postgres:', 'postgres'],
  ['postgresql:', 'postgres'],
])

/** Reads the URL; what is wrong with it is said without repeating it, for it holds a password. */
export function parseLocation(text: string): DatabaseLocation {
  const sqlite = /^sqlite:(?:\/\/)?([^?]+)(?:\?(.*))?$/su.exec(text)
  if (sqlite !== null) {
    const options = new URLSearchParams(sqlite[2] ?? '')
    assertKnown(options, ['prefix'])
    return { kind: 'sqlite', file: decoded(sqlite[1] ?? ''), prefix: prefixOf(options) }
  }
  const url = URL.parse(text)
  const kind = url === null ? undefined : kinds.get(url.protocol)
  if (url === null || kind === undefined)
    throw unusable('it is no URL that begins with mysql://, postgres:// or sqlite:')
  const database = decoded(url.pathname.slice(1))
  if (database === '') throw unusable('the name of the database is missing after the host')
  const options = url.searchParams
  assertKnown(options, ['prefix', 'socket', 'tls'])
  return {
    kind,
    host: url.hostname.replaceAll(/[[\]]/gu, '') || 'localhost',
    port: url.port === '' ? (kind === 'mysql' ? 3306 : 5432) : Number(url.port),
    socket: options.get('socket') ?? undefined,
    database,
    user: decoded(url.username),
    password: decoded(url.password),
    tls: tlsOf(options),
    prefix: prefixOf(options),
  }
}

/** A misspelt `tls` would send the password in the clear. */
function assertKnown(options: URLSearchParams, known: readonly string[]): void {
  for (const name of options.keys())
    if (!known.includes(name)) throw unusable(`it has an option that is none of ${known.join(', ')}`)
}

function tlsOf(options: URLSearchParams): boolean {
  const value = options.get('tls') ?? 'false'
  if (value !== 'true' && value !== 'false') throw unusable('tls is either true or false')
  return value === 'true'
}

/** It becomes part of statements: names of tables only. */
function prefixOf(options: URLSearchParams): string {
  const prefix = options.get('prefix') ?? ''
  if (!/^\w{0,40}$/u.test(prefix)) throw unusable('the prefix may have letters, digits and _ only')
  return prefix
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function unusable(problem: string): OldServerError {
  return new OldServerError('database_url', `The URL of PostfixAdmin's database cannot be used: ${problem}`)
}

/** For sentences: where, without user and password. */
export function describeLocation(location: DatabaseLocation): string {
  return location.kind === 'sqlite'
    ? location.file
    : `${location.database} on ${location.socket ?? `${location.host}:${location.port}`}`
}
