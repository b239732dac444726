import { createHash } from 'node:crypto'
import type { Ledger } from '../../ledger/ledger.ts'
import type { AdoptMailbox } from '../adopt-report.ts'
import type { Finding } from '../finding.ts'
import { limitedAll } from '../limited-all.ts'
import type { Migration } from '../migration.ts'
import { type Draft, draftMail } from '../notifying/draft.ts'
import { initialPassword, reminderDraft } from '../notifying/drafts.ts'
import { leakGuard } from '../notifying/leak-guard.ts'
import * as data from '../notifying/notice-data.ts'
import type { MailboxFacts, NoticeFacts } from '../notifying/notice-facts.ts'
import type { NoticeResult } from '../notifying/notice-report.ts'
import { dispatch, type NoticeRun } from '../notifying/notice-run.ts'
import type { WriteStageOptions } from '../options.ts'
import type { LookedAt } from './look.ts'

export interface Reminded {
  readonly notices: readonly NoticeResult[]
  /** Mailboxes whose reminder is out by now, and which it was. */
  readonly reminded: ReadonlyMap<string, number>
  /** Mailboxes that the contact knows of by now. */
  readonly onDigest: readonly string[]
  readonly findings: readonly Finding[]
}

const TOLD: ReadonlySet<NoticeResult['outcome']> = new Set(['sent', 'found', 'already', 'letter'])

/** Sends the reminders that are due, and tells the contact of those for whom all were of no use. What fails is data. */
export async function remind(
  run: NoticeRun,
  ledger: Ledger,
  facts: NoticeFacts,
  looked: readonly LookedAt[],
  options: WriteStageOptions,
): Promise<Reminded> {
  const due = dueReminders(facts, looked)
  const { results, findings } = await sendReminders(run, ledger, facts, due, options)
  const digest = await tellContacts(run, ledger, facts, looked, options)
  const reminded = new Map(
    results.flatMap(({ recipient, outcome }, index) => {
      const count = due[index]?.count
      return TOLD.has(outcome) && count !== undefined ? [[recipient, count] as const] : []
    }),
  )
  return { notices: [...results, ...digest.notices], reminded, onDigest: digest.told, findings }
}

interface DueReminder {
  readonly mailbox: MailboxFacts
  readonly count: number
}

function dueReminders(facts: NoticeFacts, looked: readonly LookedAt[]): readonly DueReminder[] {
  const known = new Map(facts.mailboxes.map((mailbox) => [mailbox.address, mailbox]))
  return looked.flatMap(({ report, reminder }): readonly DueReminder[] => {
    const mailbox = known.get(report.mailbox)
    const count = reminder?.due
    return mailbox === undefined || count === undefined ? [] : [{ mailbox, count }]
  })
}

async function sendReminders(
  run: NoticeRun,
  ledger: Ledger,
  facts: NoticeFacts,
  due: readonly DueReminder[],
  options: WriteStageOptions,
): Promise<{ readonly results: readonly NoticeResult[]; readonly findings: readonly Finding[] }> {
  if (due.length === 0) return { results: [], findings: [] }
  const { drafting } = run
  const { migration, notify, templates } = drafting
  const counts = new Map(due.map(({ mailbox, count }) => [mailbox.address, count]))
  const guard = await leakGuard(
    migration,
    ledger,
    facts,
    due.map(({ mailbox }) => mailbox),
    {
      ...options,
      subjectFor: (mailbox) =>
        notify.renderPreview(templates, {
          kind: 'reminder',
          language: mailbox.language,
          data: data.reminder(migration.config, facts, mailbox, {
            password: undefined,
            count: counts.get(mailbox.address) ?? 1,
            now: migration.now(),
          }),
        }).subject,
      limit: run.limit,
      logins: run.sieveLogins,
      record: options.dryRun !== true,
    },
  )
  const results = await limitedAll(run.limit, due, async ({ mailbox, count }) => {
    options.signal?.throwIfAborted()
    const { address } = mailbox
    const password = initialPassword(migration, ledger, { domain: facts.domain, mailbox: address })
    const draft = reminderDraft(drafting, facts, mailbox, { password, count })
    const blocked = guard.blocking.get(address)
    const accepted = guard.accepted.get(address)
    if (options.dryRun === true) return planned(draft, blocked === undefined ? undefined : words(blocked))
    return dispatch(
      run,
      ledger,
      draft,
      {
        again: false,
        perVersion: false,
        hasOldMailbox: true,
        announces: false,
        ...(blocked === undefined ? {} : { blocked: words(blocked) }),
        ...(accepted === undefined ? {} : { accepted: words(accepted) }),
      },
      options,
    )
  })
  return { results, findings: guard.findings }
}

function words(findings: readonly Finding[]): string {
  return findings.map(({ message }) => message).join(' ')
}

function planned(draft: Draft, letter: string | undefined): NoticeResult {
  const { recipient, kind, language, via, version } = draft
  const message = letter === undefined ? {} : { message: `As a letter: ${letter}` }
  return { recipient, kind, language, via, version, outcome: 'planned', ...message }
}

/**
 * The digest names every mailbox of the domain. It goes out when one comes to the end of its reminders, under a name made of
 * those that are new: a run that was killed finds it again.
 */
async function tellContacts(
  run: NoticeRun,
  ledger: Ledger,
  facts: NoticeFacts,
  looked: readonly LookedAt[],
  options: WriteStageOptions,
): Promise<{ readonly notices: readonly NoticeResult[]; readonly told: readonly string[] }> {
  const fresh = looked
    .filter(({ report, reminder }) => reminder?.isSpent === true && !report.onDigest)
    .map(({ report }) => report.mailbox)
    .toSorted()
  if (fresh.length === 0 || facts.contacts.length === 0 || options.mailboxes !== undefined)
    return { notices: [], told: [] }
  const occasion = `adoption ${createHash('sha256').update(fresh.join('\n')).digest('hex').slice(0, 16)}`
  const notices: NoticeResult[] = []
  for (const contact of facts.contacts) {
    options.signal?.throwIfAborted()
    const draft = adoptionDigest(run, facts, contact, looked, occasion)
    notices.push(
      options.dryRun === true
        ? planned(draft, undefined)
        : await dispatch(
            run,
            ledger,
            draft,
            { again: false, perVersion: false, hasOldMailbox: draft.via === 'append', announces: false },
            options,
          ),
    )
  }
  // A contact whose address is refused is named in the report each time; one that may still be told is tried again.
  const isOut = notices.every(({ outcome }) => TOLD.has(outcome) || outcome === 'refused')
  return { notices, told: isOut ? fresh : [] }
}

function adoptionDigest(
  { drafting }: NoticeRun,
  facts: NoticeFacts,
  contact: string,
  looked: readonly LookedAt[],
  occasion: string,
): Draft {
  const { migration } = drafting
  const own = facts.mailboxes.find(({ address }) => address === contact)
  // By now a contact with a mailbox here reads it on the new server, unless it is among those who do not.
  const waits = looked.some(({ report }) => report.mailbox === contact && report.state === 'waiting')
  return draftMail(drafting, {
    domain: facts.domain,
    kind: 'digest',
    recipient: contact,
    recipientName: own?.name,
    occasion,
    language: own?.language ?? facts.language,
    via: waits ? 'append' : 'smtp',
    data: () => digestData(migration, facts, looked),
  })
}

const STATES: Partial<Record<AdoptMailbox['state'], 'done' | 'still-on-old-server' | 'handed-over'>> = {
  done: 'done',
  'still-on-old-server': 'still-on-old-server',
  waiting: 'handed-over',
}

function digestData(migration: Migration, facts: NoticeFacts, looked: readonly LookedAt[]) {
  const states = new Map(looked.map(({ report }) => [report.mailbox, STATES[report.state]]))
  const all = data.digest(migration.config, facts, {
    letters: new Map(),
    handedOver: new Set(),
    moved: true,
    now: migration.now(),
  })
  return {
    ...all,
    mailboxes: all.mailboxes.map((mailbox) => {
      const state = states.get(mailbox.address)
      return state === undefined ? mailbox : { ...mailbox, state }
    }),
  }
}
