import type { Ledger } from '../../ledger/ledger.ts'
import { GateError } from '../errors.ts'
import type { Migration } from '../migration.ts'
import { recordedOwnership } from '../ownership.ts'
import { exportedFolders, userFiles } from './attachments.ts'
import { digestDraft, handOverDraft, initialPassword } from './drafts.ts'
import { letterReason } from './guard.ts'
import { type GuardReport, leakGuard } from './leak-guard.ts'
import { handOver } from './notice-data.ts'
import type { MailboxFacts, NoticeFacts } from './notice-facts.ts'
import type { AnnounceReport, NoticeResult } from './notice-report.ts'
import type { NoticeRun } from './notice-run.ts'
import {
  type NoticeStage,
  type NoticeStageOptions,
  type Planned,
  runNoticeStage,
  type StagePlan,
} from './notify-stage.ts'
import { handOverOccasion } from './taken-back.ts'

/**
 * Hands the mailboxes over: the mail with initial password, settings, the user's own Sieve scripts and address books goes into
 * each OLD mailbox, past every forward and filter; then the contacts hear where each mailbox stands. From here on the mailboxes
 * are their users'. Each gets it once, whatever happens; `again` tells them once more.
 *
 * Rejects with `GateError` unless the last delta is on record as verified (nothing else opens that gate), `UsageError`,
 * `SecretError`, `DomainLockedError`, or the signal's reason.
 */
export function announce(
  migration: Migration,
  domains: readonly string[],
  options: NoticeStageOptions = {},
): Promise<AnnounceReport> {
  const stage: NoticeStage<'mailmove.announce/1'> = {
    name: 'announce',
    schema: 'mailmove.announce/1',
    gate: assertLastDelta,
    plan: (run, ledger, facts, only, stageOptions) => plan(run, ledger, facts, only, stageOptions),
    afterwards: (run, facts, results, guard, only) => digests(run, facts, results, guard, only),
    finish: async (ledger, domain, isDone) => ({
      next: `mailmove status ${domain}`,
      isComplete: isDone && (await everybodyKnows(ledger, domain)),
    }),
  }
  return runNoticeStage(migration, stage, domains, options)
}

/** The password mail may not go out while mail can still arrive on the old server. */
async function assertLastDelta(ledger: Ledger, domain: string): Promise<void> {
  if ((await ledger.lastDeltas.get(domain)) !== undefined) return
  throw new GateError(
    `${domain} has not been cut over: mail still arrives on the old server, and the last delta is not verified.`,
    {
      domains: [domain],
      hint: 'The hand-over mail is sent by the cut-over, once nothing can arrive on the old server any more; no accept opens this.',
    },
  )
}

async function plan(
  run: NoticeRun,
  ledger: Ledger,
  facts: NoticeFacts,
  only: ReadonlySet<string> | undefined,
  options: NoticeStageOptions,
): Promise<StagePlan> {
  const { drafting } = run
  const { migration, notify, templates } = drafting
  const { domain } = facts
  const ownership = recordedOwnership(await ledger.objects.list(domain), await ledger.findings.list(domain))
  const chosen = facts.mailboxes.filter(({ address }) => only?.has(address) ?? true)
  const isThere = ({ address }: MailboxFacts): boolean => ownership.of('mailbox', address) !== 'foreign'
  const told = chosen.filter((mailbox) => mailbox.active && isThere(mailbox))
  const guard = await leakGuard(migration, ledger, facts, told, {
    ...options,
    subjectFor: (mailbox) =>
      notify.renderPreview(templates, {
        kind: 'hand-over',
        language: mailbox.language,
        data: handOver(migration.config, facts, mailbox, {
          password: undefined,
          files: { scripts: [], addressBooks: [] },
          now: migration.now(),
        }),
      }).subject,
    limit: run.limit,
    logins: run.sieveLogins,
    record: options.dryRun !== true,
  })
  const notices = await ledger.notices.list(domain)
  const folders = await exportedFolders(ledger, migration.config.workDir, domain)
  return {
    planned: told.map((mailbox): Planned => ({
      draft: handOverDraft(drafting, facts, mailbox, {
        // Somebody who was on mailcow before us has a password of his own.
        password: mailbox.isOurs
          ? initialPassword(migration, ledger, { domain, mailbox: mailbox.address })
          : undefined,
        files: () => userFiles(folders, mailbox.address),
        occasion: handOverOccasion(notices, mailbox.address),
      }),
      how: { perVersion: false, hasOldMailbox: true, announces: true },
      guarded: mailbox.address,
    })),
    silent: chosen.flatMap((mailbox) => {
      const { address } = mailbox
      if (!mailbox.active) return [{ recipient: address, reason: 'switched off on the old server' }]
      return isThere(mailbox) ? [] : [{ recipient: address, reason: 'not on mailcow' }]
    }),
    guard,
  }
}

/** Contacts hear of it last, and whose letter they are asked to pass on. */
function digests(
  { drafting }: NoticeRun,
  facts: NoticeFacts,
  results: readonly NoticeResult[],
  guard: GuardReport,
  only: ReadonlySet<string> | undefined,
): readonly Planned[] {
  if (only !== undefined) return []
  const { notify } = drafting.migration.config
  const letters = new Map(
    results.flatMap(({ recipient, letter }) =>
      letter === undefined
        ? []
        : [
            [
              recipient,
              letterReason((guard.blocking.get(recipient) ?? guard.accepted.get(recipient))?.[0]?.code ?? ''),
            ],
          ],
    ),
  )
  const handedOver = new Set(
    results.filter(({ outcome }) => outcome !== 'failed').map(({ recipient }) => recipient),
  )
  return facts.contacts.flatMap((contact): readonly Planned[] => {
    const draft = digestDraft(drafting, facts, contact, {
      occasion: 'hand-over',
      letters,
      handedOver,
      moved: true,
    })
    if (draft.via === 'smtp' && notify?.smtp === undefined) return []
    return [
      {
        draft,
        how: { perVersion: false, hasOldMailbox: draft.via === 'append', announces: false },
        guarded: undefined,
      },
    ]
  })
}

async function everybodyKnows(ledger: Ledger, domain: string): Promise<boolean> {
  const mailboxes = await ledger.mailboxes.list(domain)
  return mailboxes.every(
    ({ listed, active, creation, announcedAt }) =>
      !listed || !active || creation !== 'created' || announcedAt !== undefined,
  )
}
