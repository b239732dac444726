import type { LetterReason } from '@iteg/notify'
import type { Ledger } from '../../ledger/ledger.ts'
import { GateError } from '../errors.ts'
import type { Migration } from '../migration.ts'
import type { UserFiles } from './attachments.ts'
import { type Draft, type Drafting, draftLetter, draftMail } from './draft.ts'
import { localDay } from './local-day.ts'
import * as data from './notice-data.ts'
import type { MailboxFacts, NoticeFacts } from './notice-facts.ts'

export function warningDraft(drafting: Drafting, facts: NoticeFacts, mailbox: MailboxFacts): Draft {
  const { config } = drafting.migration
  return draftLetter(drafting, {
    ...recipient(facts, mailbox),
    kind: 'pre-warning',
    via: 'smtp',
    data: () => data.preWarning(config, facts, mailbox),
  })
}

export function contactWarningDraft(drafting: Drafting, facts: NoticeFacts, contact: string): Draft {
  const { config } = drafting.migration
  return draftMail(drafting, {
    domain: facts.domain,
    kind: 'pre-warning-contact',
    recipient: contact,
    language: facts.language,
    via: 'smtp',
    data: () => data.preWarningContact(config, facts),
  })
}

export function quotaDraft(drafting: Drafting, facts: NoticeFacts, mailbox: MailboxFacts): Draft {
  const { config } = drafting.migration
  return draftLetter(drafting, {
    ...recipient(facts, mailbox),
    kind: 'quota',
    via: 'smtp',
    data: () => data.quota(config, facts, mailbox),
  })
}

export interface AccountDraft {
  /** Absent where the mailbox has no password of ours. */
  readonly password: (() => Promise<string | undefined>) | undefined
  readonly files?: () => Promise<UserFiles>
  readonly occasion?: string
}

export function handOverDraft(
  drafting: Drafting,
  facts: NoticeFacts,
  mailbox: MailboxFacts,
  account: AccountDraft,
): Draft {
  const { config, now } = drafting.migration
  return draftLetter(drafting, {
    ...recipient(facts, mailbox),
    ...given(account),
    kind: 'hand-over',
    via: 'append',
    data: ({ password, files }) => data.handOver(config, facts, mailbox, { password, files, now: now() }),
  })
}

export function resetDraft(
  drafting: Drafting,
  facts: NoticeFacts,
  mailbox: MailboxFacts,
  account: AccountDraft,
): Draft {
  const { config } = drafting.migration
  return draftLetter(drafting, {
    ...recipient(facts, mailbox),
    ...given(account),
    kind: 'password-reset',
    via: 'append',
    data: ({ password }) => data.passwordReset(config, facts, mailbox, password),
  })
}

/** `count`: which reminder it is, 1 for the first; each is sent once. */
export function reminderDraft(
  drafting: Drafting,
  facts: NoticeFacts,
  mailbox: MailboxFacts,
  account: AccountDraft & { readonly count: number },
): Draft {
  const { config, now } = drafting.migration
  return draftLetter(drafting, {
    ...recipient(facts, mailbox),
    ...given(account),
    occasion: String(account.count),
    kind: 'reminder',
    via: 'append',
    data: ({ password }) =>
      data.reminder(config, facts, mailbox, { password, count: account.count, now: now() }),
  })
}

export function keepOldServerDraft(
  drafting: Drafting,
  facts: NoticeFacts,
  mailbox: MailboxFacts,
  { since, occasion }: { readonly since: Date; readonly occasion: string },
): Draft {
  const { config } = drafting.migration
  return draftLetter(drafting, {
    ...recipient(facts, mailbox),
    occasion,
    kind: 'keep-old-server',
    via: 'append',
    data: () => data.keepOldServer(config, facts, mailbox, since),
  })
}

export function switchOffDraft(
  drafting: Drafting,
  facts: NoticeFacts,
  mailbox: MailboxFacts,
  switchOffDate: Date,
): Draft {
  const { config } = drafting.migration
  return draftLetter(drafting, {
    ...recipient(facts, mailbox),
    occasion: localDay(switchOffDate),
    kind: 'switch-off',
    via: 'append',
    data: () => data.switchOff(config, facts, mailbox, switchOffDate),
  })
}

/** To a contact. A mailbox of the domain itself gets it into its old INBOX: by mail it would land where its owner cannot look yet. */
export function digestDraft(
  drafting: Drafting,
  facts: NoticeFacts,
  contact: string,
  state: {
    readonly occasion: string
    readonly letters: ReadonlyMap<string, LetterReason>
    readonly handedOver: ReadonlySet<string>
    readonly moved: boolean
  },
): Draft {
  const { config, now } = drafting.migration
  const own = facts.mailboxes.find(({ address }) => address === contact)
  return draftMail(drafting, {
    domain: facts.domain,
    kind: 'digest',
    recipient: contact,
    recipientName: own?.name,
    occasion: state.occasion,
    language: own?.language ?? facts.language,
    via: own === undefined ? 'smtp' : 'append',
    data: () => data.digest(config, facts, { ...state, now: now() }),
  })
}

function recipient({ domain }: NoticeFacts, { address, name, language }: MailboxFacts) {
  return { domain, recipient: address, recipientName: name, language }
}

function given({ password, files, occasion }: AccountDraft) {
  return {
    ...(password === undefined ? {} : { password }),
    ...(files === undefined ? {} : { files }),
    ...(occasion === undefined ? {} : { occasion }),
  }
}

/**
 * Opens the initial password of a mailbox that we made; called only while its mail is made. Rejects with `GateError` when none is
 * under seal any more, and with `SecretError` for another key.
 */
export function initialPassword(
  migration: Migration,
  ledger: Ledger,
  of: { readonly domain: string; readonly mailbox: string },
): () => Promise<string> {
  return async () => {
    const password = await ledger.secrets.open(await migration.key(), { ...of, purpose: 'initial-password' })
    if (password !== undefined) return password
    throw new GateError(`There is no initial password for ${of.mailbox} under seal.`, {
      domains: [of.domain],
      hint: `Make a new one with: mailmove password reset ${of.mailbox}`,
    })
  }
}
