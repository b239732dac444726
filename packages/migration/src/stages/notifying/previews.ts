import { join, resolve } from 'node:path'
import type { NoticeKind } from '@iteg/notify'
import type { Ledger } from '../../ledger/ledger.ts'
import { asciiDomain, domainSettings } from '../ascii-names.ts'
import { existingLedger } from '../existing-ledger.ts'
import { ExportFolder } from '../exporting/export-folder.ts'
import { encodeFileName } from '../exporting/file-names.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import { exportedFolders, userFiles } from './attachments.ts'
import type { Draft, Drafting } from './draft.ts'
import {
  contactWarningDraft,
  digestDraft,
  handOverDraft,
  keepOldServerDraft,
  quotaDraft,
  reminderDraft,
  resetDraft,
  switchOffDraft,
  warningDraft,
} from './drafts.ts'
import { isOverNewQuota } from './notice-data.ts'
import { gatherNoticeFacts, type MailboxFacts, type NoticeFacts } from './notice-facts.ts'
import { openNoticeRun } from './notice-run.ts'

export interface PreviewNoticesOptions extends StageOptions {
  /** Where the files go. Default: `previews/DOMAIN` in the working folder. */
  readonly directory?: string
}

export interface PreviewReport {
  readonly schema: 'mailmove.notices-preview/1'
  /** ISO 8601. */
  readonly at: string
  readonly domain: string
  readonly kind: NoticeKind
  /** The file to open in a browser, absolute. */
  readonly index: string
  readonly recipients: readonly {
    readonly recipient: string
    readonly language: string
    readonly subject: string
    readonly via: 'append' | 'smtp'
    readonly attachments: readonly string[]
    /** Files that are too large to be attached. */
    readonly leftOut: readonly string[]
  }[]
}

/**
 * Renders one kind of notice for every recipient of a domain into a folder with an index, to look through before anything is sent.
 * Passwords are masked, and none is opened. Sends nothing; asks the inventory only. Folder 0700, files 0600.
 */
export async function previewNotices(
  migration: Migration,
  request: { readonly domain: string; readonly kind: NoticeKind },
  options: PreviewNoticesOptions = {},
): Promise<PreviewReport> {
  const domain = asciiDomain(request.domain)
  await using run = await openNoticeRun(migration, options)
  const ledger = await existingLedger(migration)
  const [facts] = await gatherNoticeFacts(migration, ledger, [domain], options)
  const drafts = facts === undefined ? [] : await draftsOf(run.drafting, ledger, facts, request.kind)
  const path = resolve(
    options.directory ?? join(migration.config.workDir, 'previews', encodeFileName(domain)),
  )
  const leftOut: (readonly string[])[] = []
  const entries: Parameters<typeof run.drafting.notify.renderPreviewIndex>[0][number][] = []
  for (const draft of drafts) {
    options.signal?.throwIfAborted()
    const { rendered, attachments, leftOut: tooLarge } = await draft.preview()
    leftOut.push(tooLarge)
    const delivery = draft.via === 'append' ? 'into the old mailbox' : 'by mail'
    entries.push({ recipient: draft.recipient, rendered, attachments, delivery })
  }
  const files = run.drafting.notify.renderPreviewIndex(entries, { title: `${domain}: ${request.kind}` })
  // A folder of its own, so that an earlier preview of another kind does not mix with it.
  const folder = await (await ExportFolder.root(path)).folder(request.kind)
  for (const [name, content] of files) await folder.put(name, content)
  return {
    schema: 'mailmove.notices-preview/1',
    at: migration.now().toISOString(),
    domain,
    kind: request.kind,
    index: folder.file('index.html'),
    recipients: drafts.map(({ recipient, language, via }, index) => ({
      recipient,
      language,
      via,
      subject: entries[index]?.rendered.subject ?? '',
      attachments: entries[index]?.attachments ?? [],
      leftOut: leftOut[index] ?? [],
    })),
  }
}

/** What would go out to everybody of a domain. */
async function draftsOf(
  drafting: Drafting,
  ledger: Ledger | undefined,
  facts: NoticeFacts,
  kind: NoticeKind,
): Promise<readonly Draft[]> {
  const { migration } = drafting
  const { config } = migration
  const now = migration.now()
  const active = facts.mailboxes.filter((mailbox) => mailbox.active)
  const folders = await exportedFolders(ledger, config.workDir, facts.domain)
  const password = (mailbox: MailboxFacts) =>
    mailbox.isOurs || ledger === undefined || isNew(mailbox) ? () => Promise.resolve(undefined) : undefined
  const files = (mailbox: MailboxFacts) => () => userFiles(folders, mailbox.address)
  switch (kind) {
    case 'pre-warning':
      return domainSettings(config, facts.domain).warn === 'contacts'
        ? []
        : active.map((mailbox) => warningDraft(drafting, facts, mailbox))
    case 'pre-warning-contact':
      return facts.contacts.map((contact) => contactWarningDraft(drafting, facts, contact))
    case 'quota':
      return active.filter(isOverNewQuota).map((mailbox) => quotaDraft(drafting, facts, mailbox))
    case 'hand-over':
      return active.map((mailbox) =>
        handOverDraft(drafting, facts, mailbox, { password: password(mailbox), files: files(mailbox) }),
      )
    case 'password-reset':
      return active.map((mailbox) => resetDraft(drafting, facts, mailbox, { password: password(mailbox) }))
    case 'reminder':
      return active.map((mailbox) =>
        reminderDraft(drafting, facts, mailbox, { password: password(mailbox), count: 1 }),
      )
    case 'keep-old-server':
      return active.map((mailbox) =>
        keepOldServerDraft(drafting, facts, mailbox, { since: now, occasion: '' }),
      )
    case 'switch-off':
      return active.map((mailbox) =>
        switchOffDraft(drafting, facts, mailbox, new Date(now.getTime() + SWITCH_OFF_DAYS * 86_400_000)),
      )
    case 'digest':
      return facts.contacts.map((contact) =>
        digestDraft(drafting, facts, contact, {
          occasion: 'preview',
          letters: new Map(),
          handedOver: new Set(),
          moved: active.some(({ announcedAt }) => announcedAt !== undefined),
        }),
      )
    default:
      return kind satisfies never
  }
}

/** Only a date to look at. */
const SWITCH_OFF_DAYS = 30

/** Not on mailcow yet: it will get a password of ours. */
function isNew({ isOurs, announcedAt }: MailboxFacts): boolean {
  return !isOurs && announcedAt === undefined
}
