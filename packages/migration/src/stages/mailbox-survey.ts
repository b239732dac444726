import {
  connect,
  type FolderListing,
  type FolderMap,
  isImapSyncError,
  mailcowTarget,
  mapFolders,
  readFolders,
} from '@iteg/imap-sync'
import { type Ledger } from '../ledger/ledger.ts'
import type { Amount } from './amount.ts'
import { certificateRemedy } from './copying/failures.ts'
import { oldEndpoint } from './endpoints.ts'
import { ServerError } from './errors.ts'
import type { Finding } from './finding.ts'
import { mailboxFindings } from './findings/mailbox-findings.ts'
import type { LoginGuard } from './logins.ts'
import type { Migration } from './migration.ts'
import type { StageOptions } from './options.ts'
import type { SurveyAddressBooks, SurveyFilters, SurveyFolder } from './survey-report.ts'
import { asSentence, withoutSide } from './sentence.ts'

/** What the old server says of one mailbox. */
export interface MailboxReading {
  /** Absent when it could not be read; `findings` says why. `bytes` is 0 where the server does not tell sizes. */
  readonly size?: Amount
  readonly bytesKnown: boolean
  readonly folders: readonly SurveyFolder[]
  readonly filters?: SurveyFilters
  readonly addressBooks?: SurveyAddressBooks
  readonly findings: readonly Finding[]
}

export interface MailboxRequest {
  readonly domain: string
  readonly address: string
  readonly guard: LoginGuard
  /** Of the last survey. */
  readonly earlier: Amount | undefined
}

/** Logs in as the master user, lists the folders and freezes where each of them goes. Writes nothing to the old server. */
export async function surveyMailbox(
  migration: Migration,
  ledger: Ledger,
  request: MailboxRequest,
  options: StageOptions,
): Promise<MailboxReading> {
  const { domain, address, guard, earlier } = request
  const stopped = guard.stopReason
  if (stopped !== undefined)
    return unread(domain, address, 'old-login-refused', `It was not tried: ${stopped}.`)
  try {
    const { server, login } = oldEndpoint(migration.config, address)
    const listing = await readListing(migration, server, login, options)
    guard.accepted()
    const folderMap = await freezeMap(ledger, address, listing)
    const size = sizeOf(listing)
    return {
      size: { messages: size.messages, bytes: size.bytes ?? 0 },
      bytesKnown: size.bytes !== undefined,
      folders: surveyFolders(listing, folderMap),
      findings: mailboxFindings({
        domain,
        address,
        size: { messages: size.messages, bytes: size.bytes ?? 0 },
        folderMap,
        earlier,
      }),
    }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!isImapSyncError(error)) throw error
    if (guard.refusedBy(error))
      return unread(
        domain,
        address,
        'old-login-refused',
        asSentence(`The old server refuses the login: ${withoutSide(error.message)}`),
      )
    // The server itself is away or not the one we trust: every other mailbox would say the same.
    if (error.code === 'connect' || error.code === 'tls')
      throw new ServerError('old.imap', asSentence(`The old server: ${withoutSide(error.message)}`), {
        hint: error.code === 'tls' ? certificateRemedy('old.imap') : 'Look at it with: mailmove check',
        cause: error,
      })
    return unread(
      domain,
      address,
      'old-mailbox-unreadable',
      asSentence(`It cannot be read: ${withoutSide(error.message)}`),
    )
  }
}

async function readListing(
  migration: Migration,
  server: Parameters<typeof connect>[0],
  login: Parameters<typeof connect>[1],
  options: StageOptions,
): Promise<FolderListing> {
  const signal = options.signal === undefined ? {} : { signal: options.signal }
  await using connection = await connect(server, login, {
    ...signal,
    logger: migration.logger,
    side: 'source',
  })
  return await readFolders(connection, signal)
}

/** The map of an earlier run holds; new folders are added to it. */
export async function freezeMap(ledger: Ledger, mailbox: string, listing: FolderListing): Promise<FolderMap> {
  const frozen = await ledger.folderMaps.get(mailbox)
  const map = mapFolders(listing, mailcowTarget, frozen === undefined ? {} : { frozen })
  return ledger.folderMaps.extend(mailbox, map)
}

function sizeOf(listing: FolderListing): { readonly messages: number; readonly bytes: number | undefined } {
  let messages = 0
  let bytes: number | undefined = 0
  for (const { selectable, status } of listing.folders) {
    if (!selectable || status === undefined) continue
    messages += status.messages
    bytes =
      bytes === undefined || (status.size === undefined && status.messages > 0)
        ? undefined
        : bytes + (status.size ?? 0)
  }
  return { messages, bytes }
}

function surveyFolders(listing: FolderListing, map: FolderMap): readonly SurveyFolder[] {
  const targets = new Map(map.entries.map((entry) => [entry.sourceWire, entry]))
  return [...listing.folders, ...listing.foreign]
    .filter((folder) => folder.selectable)
    .map((folder) => {
      const entry = targets.get(folder.wire)
      return {
        source: folder.name,
        target: entry?.target ?? null,
        ...(entry?.role === undefined ? {} : { role: entry.role }),
        messages: folder.status?.messages ?? 0,
        ...(folder.status?.size === undefined ? {} : { bytes: folder.status.size }),
      }
    })
}

function unread(
  domain: string,
  address: string,
  code: 'old-login-refused' | 'old-mailbox-unreadable',
  message: string,
): MailboxReading {
  const remedy =
    code === 'old-login-refused'
      ? 'Check that the mailbox exists on the old server and that the master user may enter it, or leave it out (skip: true).'
      : `Look at the mailbox on the old server, then run mailmove survey ${domain} again.`
  return {
    bytesKnown: false,
    folders: [],
    findings: [{ code, severity: 'red', domain, item: address, message, remedy }],
  }
}
