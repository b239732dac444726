import { join } from 'node:path'
import {
  type Endpoint,
  type SearchCriteria,
  searchMailbox,
  type SearchMailboxOptions,
  type SearchResult,
} from '@iteg/imap-sync'
import pLimit from 'p-limit'
import type { Ledger } from '../ledger/ledger.ts'
import { knownDomains, movingMailboxes } from './chosen-mailboxes.ts'
import { excludeRules } from './copying/copy-limits.ts'
import { mailboxFailure } from './copying/failures.ts'
import { newMasterEndpoint, oldEndpoint } from './endpoints.ts'
import { UsageError } from './errors.ts'
import type { ExplainedMessage, ExplainReport } from './explain-report.ts'
import { explainMailbox, type MailboxEvidence } from './explaining/explain-mailbox.ts'
import { limitedAll } from './limited-all.ts'
import type { Migration } from './migration.ts'
import { ourNotices } from './notifying/our-notices.ts'
import type { MailboxStageOptions } from './options.ts'
import { assertMailboxesRecorded } from './recorded-mailboxes.ts'

export interface ExplainOptions extends MailboxStageOptions {
  /** Messages to list at most, default 50. */
  readonly limit?: number
}

const DEFAULT_LIMIT = 50
const MAX_QUERY = 300

/**
 * Where a message is: looks through the domain's mailboxes on both servers, and says of each message that fits what became of it, or why it
 * was not copied. Only reads: on both servers (EXAMINE, SEARCH), and in the ledger. No content of a message is ever in the report.
 *
 * Rejects with `UsageError` (query, unknown mailbox, no master user on mailcow), `GateError` (never surveyed), or the signal's reason.
 */
export async function explain(
  migration: Migration,
  domain: string,
  query: string,
  options: ExplainOptions = {},
): Promise<ExplainReport> {
  const { limit = DEFAULT_LIMIT, signal } = options
  const criteria = criteriaOf(query)
  const ledger = await migration.ledger('read')
  const [name = domain] = await knownDomains(ledger, [domain], 'explain')
  await assertMailboxesRecorded(ledger, [name], options.mailboxes)
  if (migration.config.new.master === undefined)
    throw new UsageError('mailcow is looked through with its master user, which is not configured.', {
      hint: 'Add new.master; an app password would have to be written, and explain only reads.',
    })
  const all = movingMailboxes(migration, name, await ledger.mailboxes.list(name)).map(
    ({ address }) => address,
  )
  const mailboxes =
    options.mailboxes === undefined ? all : all.filter((address) => options.mailboxes?.includes(address))
  const unread: Unread[] = []
  const messages: ExplainedMessage[] = []
  let isCut = false
  const limited = pLimit(migration.config.copy.mailboxesAtOnce)
  await limitedAll(limited, mailboxes, async (mailbox) => {
    signal?.throwIfAborted()
    // Enough is enough: what is not listed need not be looked for.
    if (messages.length >= limit) {
      isCut = true
      return
    }
    const { evidence, isComplete } = await gather(migration, ledger, name, mailbox, criteria, {
      ...options,
      limit,
      unread,
    })
    if (!isComplete) isCut = true
    for (const { source, ...explained } of explainMailbox(evidence)) {
      const at =
        source === undefined ? undefined : await ledger.copyTimes.of(mailbox, source.wire, source.uid)
      messages.push({ ...explained, ...(at === undefined ? {} : { copiedAt: at.toISOString() }) })
    }
  })
  const sorted = messages.toSorted((a, b) => (a.mailbox < b.mailbox ? -1 : Number(a.mailbox > b.mailbox)))
  return {
    schema: 'mailmove.explain/1',
    at: migration.now().toISOString(),
    domain: name,
    query,
    lookedFor: criteria.kind,
    mailboxes: mailboxes.length,
    messages: sorted.slice(0, limit),
    limit,
    more: isCut || sorted.length > limit,
    unread,
  }
}

type Unread = ExplainReport['unread'][number]

/** `<a@b>` is a Message-ID, `a@b` an address, everything else a part of the subject. */
function criteriaOf(query: string): SearchCriteria {
  const text = query.trim()
  if (text === '' || text.length > MAX_QUERY || /\p{Cc}/u.test(text))
    throw new UsageError('This cannot be looked for: it is empty, too long, or holds control characters.', {
      hint: 'Give a Message-ID in <>, an address, or a part of the subject.',
    })
  if (/^<[^<>\s]+>$/.test(text)) return { kind: 'messageId', text }
  return { kind: /^[^\s@]+@[^\s@]+$/.test(text) ? 'address' : 'subject', text }
}

interface GatherOptions extends ExplainOptions {
  readonly limit: number
  readonly unread: Unread[]
}

async function gather(
  migration: Migration,
  ledger: Ledger,
  domain: string,
  mailbox: string,
  criteria: SearchCriteria,
  options: GatherOptions,
): Promise<{ readonly evidence: MailboxEvidence; readonly isComplete: boolean }> {
  const { config } = migration
  // Switched off on the old server, it is so on mailcow since the cut-over, which then lets nobody in.
  const known = (await ledger.mailboxes.list(domain)).find(({ address }) => address === mailbox)
  const isOff = known?.active === false && (await ledger.domains.phase(domain)) === 'additive'
  const search = async (
    server: 'old' | 'new',
    endpoint: Endpoint | undefined,
  ): Promise<SearchResult & { readonly isRead: boolean }> => {
    if (endpoint === undefined) return { hits: [], total: 0, isRead: false }
    try {
      const found = await searchBoth(endpoint, criteria, {
        limit: options.limit,
        logger: migration.logger,
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      })
      return { ...found, isRead: true }
    } catch (error) {
      options.signal?.throwIfAborted()
      const { message } = mailboxFailure(error, { stage: 'verify', domain })
      options.unread.push({ mailbox, server, message })
      return { hits: [], total: 0, isRead: false }
    }
  }
  const [old, fresh] = await Promise.all([
    search('old', oldEndpoint(config, mailbox)),
    search('new', isOff ? undefined : newMasterEndpoint(config, mailbox)),
  ])
  const state = ledger.syncState(mailbox)
  const folders: [
    string,
    {
      state: Awaited<ReturnType<typeof state.folders>>[number]
      messages: Awaited<ReturnType<typeof state.messages>>
    },
  ][] = []
  for (const folder of await state.folders())
    folders.push([folder.source, { state: folder, messages: await state.messages(folder.source) }])
  return {
    evidence: {
      mailbox,
      old: old.hits,
      new: fresh.hits,
      isNewRead: fresh.isRead,
      folderMap: await ledger.folderMaps.get(mailbox),
      folders: new Map(folders),
      rules: [...excludeRules(config, domain, mailbox), ...(await ourNotices(ledger, mailbox))],
      setAsideDirectory: join(config.workDir, 'set-aside', domain, mailbox),
    },
    isComplete: old.total <= old.hits.length && fresh.total <= fresh.hits.length,
  }
}

/** Some write a Message-ID without its `<>`. */
async function searchBoth(
  endpoint: Endpoint,
  criteria: SearchCriteria,
  options: SearchMailboxOptions,
): Promise<SearchResult> {
  const found = await searchMailbox(endpoint, criteria, options)
  return found.total === 0 && criteria.kind === 'address'
    ? searchMailbox(endpoint, { kind: 'messageId', text: criteria.text }, options)
    : found
}
