import { type ImapServer } from '@iteg/imap-sync'
import { readFileSync } from 'node:fs'
import { parseSecret } from '../../config/secret-references.ts'
import { UsageError } from '../errors.ts'
import type { RestoreTarget } from './restore.ts'

/** As it is asked for: nothing of these means the new server. */
export interface RestoreWish {
  /** The old server, through its master user. */
  readonly old?: boolean
  /** Any other server: `imaps://host[:port]`, or `imap://host[:port]` with STARTTLS. */
  readonly server?: string
  /** Default: the address. */
  readonly login?: string
  /** `${NAME}` or `file:PATH`, never the password itself. */
  readonly password?: string
  /** A PEM file with the certificate that signs the server's. */
  readonly ca?: string
}

/** Where an archive goes. Throws `UsageError` when the wish contradicts itself, or names a secret that is not there. */
export function restoreTarget(
  address: string,
  { old = false, server, login, password, ca }: RestoreWish,
  env: Readonly<Record<string, string | undefined>>,
): RestoreTarget {
  if (server === undefined) {
    if (login !== undefined || password !== undefined || ca !== undefined)
      throw new UsageError('--login, --password and --ca belong to --server.', {
        hint: 'Without --server the mail goes to the new server (or the old one, --old), as mailmove.yaml knows it.',
      })
    return { kind: old ? 'old' : 'new', address }
  }
  if (old) throw new UsageError('--old and --server name two servers.')
  if (password === undefined)
    throw new UsageError('The password is missing.', { hint: "Name it: --password '${NAME}' or file:PATH" })
  const secret = parseSecret(password, { env, directory: process.cwd(), mode: 'now', warn: () => {} })
  if ('problem' in secret)
    throw new UsageError(`--password: ${secret.problem}.`, { hint: "Write '${NAME}' or file:PATH." })
  const endpoint = {
    server: serverOf(server, ca),
    login: { user: login ?? address, password: secret.value.reveal() },
  }
  return { kind: 'other', address, endpoint }
}

function serverOf(text: string, ca: string | undefined): ImapServer {
  const url = URL.parse(text)
  const isBare = url !== null && ['', '/'].includes(url.pathname + url.search + url.hash)
  if (url === null || !isBare || url.username !== '' || !['imaps:', 'imap:'].includes(url.protocol))
    throw new UsageError(`${text} is no IMAP server.`, { hint: 'Write it as imaps://imap.example.at' })
  const isImplicit = url.protocol === 'imaps:'
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (isImplicit ? 993 : 143) : Number(url.port),
    tls: isImplicit ? 'implicit' : 'starttls',
    ...(ca === undefined ? {} : { tlsOptions: { ca: readCa(ca) } }),
  }
}

function readCa(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new UsageError(`${path} cannot be read.`, { cause })
  }
}
