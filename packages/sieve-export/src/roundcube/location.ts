import { RoundcubeError } from './errors.ts'

/** Where Roundcube's database is. */
export type DatabaseLocation =
  | { readonly kind: 'sqlite'; readonly file: string; readonly prefix: string | undefined }
  | {
      readonly kind: 'mysql' | 'postgres'
      readonly host: string
      readonly port: number
      readonly socket: string | undefined
      readonly database: string
      readonly user: string
      readonly password: string
      readonly tls: boolean
      readonly prefix: string | undefined
    }

const kinds = new Map<string, 'mysql' | 'postgres'>([
  ['mysql:', 'mysql'],
  ['mariadb:', 'mysql'],
  ['postgres:', 'postgres'],
  ['postgresql:', 'postgres'],
  ['pgsql:', 'postgres'],
])

/**
 * Reads `mysql://user:password@host/database`, `postgres://...` or `sqlite:/path`. Options: `prefix` (Roundcube's
 * `db_prefix`), `socket` (path of a Unix socket), `tls=true`. Never puts the URL, which holds a password, into an error.
 */
export function parseLocation(text: string): DatabaseLocation {
  const sqlite = /^sqlite:(?:\/\/)?([^?]+)(?:\?(.*))?$/s.exec(text)
  if (sqlite !== null) {
    const options = new URLSearchParams(sqlite[2] ?? '')
    return { kind: 'sqlite', file: decoded(sqlite[1] ?? ''), prefix: prefixOf(options) }
  }
  const url = URL.parse(text)
  const kind = url === null ? undefined : kinds.get(url.protocol)
  if (url === null || kind === undefined)
    throw usage('it must begin with mysql://, postgres:// or sqlite:, and be a valid URL')
  const database = decoded(url.pathname.slice(1))
  if (database === '') throw usage('the name of the database is missing after the host')
  const options = url.searchParams
  return {
    kind,
    host: url.hostname.replaceAll(/[[\]]/g, '') || 'localhost',
    port: url.port === '' ? (kind === 'mysql' ? 3306 : 5432) : Number(url.port),
    socket: options.get('socket') ?? undefined,
    database,
    user: decoded(url.username),
    password: decoded(url.password),
    tls: ['true', '1', 'required'].includes(options.get('tls') ?? ''),
    prefix: prefixOf(options),
  }
}

function prefixOf(options: URLSearchParams): string | undefined {
  const prefix = options.get('prefix') ?? undefined
  if (prefix !== undefined && !/^[\w$.-]{0,60}$/.test(prefix))
    throw usage('the prefix has strange characters')
  return prefix
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function usage(problem: string): RoundcubeError {
  return new RoundcubeError('usage', `The URL of Roundcube's database cannot be used: ${problem}.`)
}
