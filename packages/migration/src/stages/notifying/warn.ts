import type { Ledger } from '../../ledger/ledger.ts'
import { domainSettings } from '../ascii-names.ts'
import type { Migration } from '../migration.ts'
import { contactWarningDraft, quotaDraft, warningDraft } from './drafts.ts'
import { leakGuard } from './leak-guard.ts'
import { isOverNewQuota, preWarning } from './notice-data.ts'
import type { MailboxFacts, NoticeFacts } from './notice-facts.ts'
import type { WarnReport } from './notice-report.ts'
import type { NoticeRun } from './notice-run.ts'
import {
  type NoticeStage,
  type NoticeStageOptions,
  type Planned,
  runNoticeStage,
  type StagePlan,
} from './notify-stage.ts'
import { warnGate } from './warn-gate.ts'

/**
 * Tells mailboxes and contacts, by mail, that their domain moves: each once for each version of the text. Whoever a mail would
 * not reach, or whose mail would leak, gets a letter instead. Repeating it costs nothing; `again` tells all of them once more.
 *
 * Rejects with `GateError` (never surveyed), `UsageError` (no `notify`), `DomainLockedError`, or the signal's reason. Killed at
 * any instant and run again, nobody gets a mail twice; where only the mail server knows, the report says so (`in-doubt`).
 */
export function warn(
  migration: Migration,
  domains: readonly string[],
  options: NoticeStageOptions = {},
): Promise<WarnReport> {
  const stage: NoticeStage<'mailmove.warn/1'> = {
    name: 'warn',
    schema: 'mailmove.warn/1',
    gate: () => Promise.resolve(),
    plan: (run, ledger, facts, only, stageOptions) => plan(run, ledger, facts, only, stageOptions),
    afterwards: () => [],
    finish: async (ledger, domain) => {
      const gate = await warnGate(migration, ledger, domain)
      const next = `mailmove provision ${domain}`
      return gate === undefined ? { next, isComplete: false } : { gate, next, isComplete: true }
    },
  }
  return runNoticeStage(migration, stage, domains, options)
}

async function plan(
  run: NoticeRun,
  ledger: Ledger,
  facts: NoticeFacts,
  only: ReadonlySet<string> | undefined,
  options: NoticeStageOptions,
): Promise<StagePlan> {
  const { drafting } = run
  const { warn: whom } = domainSettings(drafting.migration.config, facts.domain)
  const chosen = facts.mailboxes.filter(({ address }) => only?.has(address) ?? true)
  const active = chosen.filter((mailbox) => mailbox.active)
  const isContact = (mailbox: MailboxFacts): boolean => facts.contacts.includes(mailbox.address)
  const warned = whom === 'contacts' ? [] : active
  const over = active.filter(isOverNewQuota)
  const looked = active.filter(
    (mailbox) => warned.includes(mailbox) || over.includes(mailbox) || isContact(mailbox),
  )
  const guard = await leakGuard(drafting.migration, ledger, facts, looked, {
    ...options,
    subjectFor: subjectOf(run, facts),
    limit: run.limit,
    logins: run.sieveLogins,
    record: options.dryRun !== true,
  })
  const ordinary = { perVersion: true, announces: false }
  const planned: Planned[] = [
    ...warned.map((mailbox) => ({
      draft: warningDraft(drafting, facts, mailbox),
      how: { ...ordinary, hasOldMailbox: true },
      guarded: mailbox.address,
    })),
    ...over.map((mailbox) => ({
      draft: quotaDraft(drafting, facts, mailbox),
      how: { ...ordinary, hasOldMailbox: true },
      guarded: mailbox.address,
    })),
    ...facts.contacts
      .filter((contact) => only?.has(contact) ?? true)
      .map((contact) => {
        const own = facts.mailboxes.some(({ address }) => address === contact)
        return {
          draft: contactWarningDraft(drafting, facts, contact),
          how: { ...ordinary, hasOldMailbox: own },
          guarded: own ? contact : undefined,
        }
      }),
  ]
  return {
    planned,
    silent: chosen.flatMap((mailbox) => {
      if (!mailbox.active) return [{ recipient: mailbox.address, reason: 'switched off on the old server' }]
      return planned.some(({ draft }) => draft.recipient === mailbox.address)
        ? []
        : [{ recipient: mailbox.address, reason: 'only contacts are warned (warn: contacts)' }]
    }),
    guard,
  }
}

function subjectOf({ drafting }: NoticeRun, facts: NoticeFacts): (mailbox: MailboxFacts) => string {
  const { notify, templates, migration } = drafting
  return (mailbox) =>
    notify.renderPreview(templates, {
      kind: 'pre-warning',
      language: mailbox.language,
      data: preWarning(migration.config, facts, mailbox),
    }).subject
}
