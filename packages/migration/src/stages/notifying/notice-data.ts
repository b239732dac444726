import type {
  AccessSettings,
  CommonData,
  ContactAlias,
  DigestMailbox,
  LetterReason,
  NoticeAddressBook,
  NoticeData,
  NoticeForward,
  NoticeMailbox,
  NoticeScript,
  PasswordRule,
} from '@iteg/notify'
import type { Config, NotifyConfig, OldConfig } from '../../config/index.ts'
import { domainSettings } from '../ascii-names.ts'
import type { MailboxFacts, NoticeFacts } from './notice-facts.ts'
import { localDay } from './local-day.ts'
import { senderOf } from './sender.ts'

/** What comes with a hand-over mail. */
export interface AttachedFiles {
  readonly scripts: readonly NoticeScript[]
  readonly addressBooks: readonly NoticeAddressBook[]
}

/** What every notice of a domain says. Pure. */
function commonData(facts: NoticeFacts): CommonData {
  const { domain, notify, contacts } = facts
  const { address, name = address } = senderOf(notify.from)
  return { domain, provider: { name, email: address }, links: notify.links, contacts }
}

function noticeMailbox(mailbox: MailboxFacts): NoticeMailbox {
  const { address, name, surveyed, newQuotaBytes, aliases } = mailbox
  return {
    address,
    ...(name === undefined ? {} : { name }),
    ...(surveyed?.size === undefined ? {} : { usedBytes: surveyed.size.bytes }),
    quotaBytes: newQuotaBytes,
    aliases,
  }
}

function forwardsOf({ verdict }: MailboxFacts): readonly NoticeForward[] {
  if (verdict === undefined || !verdict.active) return []
  const keepsCopy = verdict.verdict === 'mailbox+copy'
  if (!keepsCopy && verdict.verdict !== 'mailbox-forwards-only') return []
  return verdict.deliverTo.map((target) => ({ target, keepsCopy }))
}

function usesPop3({ logins }: MailboxFacts): boolean {
  return logins?.has('pop3') === true
}

/** When the move is planned, as far as the configuration says it. */
function moveDate(config: Config, domain: string): { readonly moveDate?: string } {
  const date = domainSettings(config, domain).moveDate
  return date === undefined ? {} : { moveDate: date }
}

export function preWarning(
  config: Config,
  facts: NoticeFacts,
  mailbox: MailboxFacts,
): NoticeData['pre-warning'] {
  return {
    ...commonData(facts),
    ...moveDate(config, facts.domain),
    mailbox: noticeMailbox(mailbox),
    forwards: forwardsOf(mailbox),
    addresses: addressesOf(facts),
    usesPop3: usesPop3(mailbox),
  }
}

/** The bare list: nobody learns where a colleague's mail goes. */
function addressesOf({ inventory, mailboxes }: NoticeFacts): readonly string[] {
  const own = inventory.verdicts.flatMap(({ address, active, verdict }) =>
    active && verdict !== 'catch-all' && verdict !== 'dead' ? [address] : [],
  )
  const listed = mailboxes.filter(({ active }) => active).map(({ address }) => address)
  return [...new Set([...own, ...listed])].toSorted()
}

export function preWarningContact(config: Config, facts: NoticeFacts): NoticeData['pre-warning-contact'] {
  const { domain, verdicts } = facts.inventory
  return {
    ...commonData(facts),
    ...moveDate(config, facts.domain),
    mailboxes: facts.mailboxes.map((mailbox) => ({
      ...noticeMailbox(mailbox),
      forwards: forwardsOf(mailbox),
      ...(mailbox.logins === undefined ? {} : { usesPop3: usesPop3(mailbox) }),
      active: mailbox.active,
    })),
    aliases: verdicts.flatMap((verdict): readonly ContactAlias[] => {
      const { address, active, deliverTo } = verdict
      if (verdict.mailbox || !active) return []
      const problem = verdict.verdict === 'loop' || verdict.verdict === 'dead' ? verdict.verdict : undefined
      return [{ address, targets: deliverTo, ...(problem === undefined ? {} : { problem }) }]
    }),
    aliasDomains: domain.aliasDomains,
  }
}

export function quota(config: Config, facts: NoticeFacts, mailbox: MailboxFacts): NoticeData['quota'] {
  const folders = (mailbox.surveyed?.folders ?? []).flatMap(({ source, bytes }) =>
    bytes === undefined ? [] : [{ name: source, bytes }],
  )
  return {
    ...commonData(facts),
    ...moveDate(config, facts.domain),
    mailbox: {
      ...noticeMailbox(mailbox),
      usedBytes: mailbox.surveyed?.size?.bytes ?? 0,
      quotaBytes: mailbox.newQuotaBytes,
    },
    folders: folders.toSorted((one, other) => other.bytes - one.bytes),
  }
}

/** Whoever would not fit on mailcow. */
export function isOverNewQuota({ surveyed, newQuotaBytes }: MailboxFacts): boolean {
  return (surveyed?.size?.bytes ?? 0) > newQuotaBytes
}

function access(config: Config, mailbox: MailboxFacts, password: string | undefined) {
  return {
    mailbox: noticeMailbox(mailbox),
    ...(password === undefined ? {} : { password }),
    passwordRule: passwordRule(config),
    newSettings: newSettings(config),
    oldSettings: oldSettings(config),
  }
}

/** ITEG's rule, which mailcow is set to (survey compares). */
export function passwordRule(config: Config): PasswordRule {
  return {
    minLength: Math.max(12, config.passwords.minLength),
    lowerAndUpper: true,
    digit: true,
    special: false,
  }
}

/** IMAPS, POP3S and SMTPS only: with STARTTLS programs ask too many questions. */
export function newSettings(config: Config): AccessSettings {
  const host = config.notify?.newHost ?? new URL(config.new.mailcow.url).hostname
  return {
    imap: { host, port: 993, security: 'ssl' },
    pop3: { host, port: 995, security: 'ssl' },
    smtp: { host, port: 465, security: 'ssl' },
  }
}

/**
 * As users have them set up: IMAP as we reach it ourselves, unless that is without TLS, a way that only this machine has. The
 * configuration says nothing of POP3 and submission: they are as they are where IMAP is like this.
 */
export function oldSettings(config: {
  readonly old: Pick<OldConfig, 'imap'>
  readonly notify?: Pick<NotifyConfig, 'oldHost'>
}): AccessSettings {
  const { imap } = config.old
  const host = config.notify?.oldHost ?? imap.host
  const isImplicit = imap.tls !== 'starttls'
  return {
    imap: {
      host,
      port: imap.tls === 'none' ? 993 : imap.port,
      security: isImplicit ? 'ssl' : 'starttls',
    },
    pop3: isImplicit ? { host, port: 995, security: 'ssl' } : { host, port: 110, security: 'starttls' },
    smtp: { host, port: 587, security: 'starttls' },
  }
}

/** Until when the old mailbox can be read, from the day of the hand-over. */
function oldMailboxUntil(config: Config, from: Date): { readonly oldMailboxUntil?: string } {
  const days = config.notify?.oldMailboxDays ?? 0
  return days === 0 ? {} : { oldMailboxUntil: localDay(from, days) }
}

export function handOver(
  config: Config,
  facts: NoticeFacts,
  mailbox: MailboxFacts,
  given: { readonly password: string | undefined; readonly files: AttachedFiles; readonly now: Date },
): NoticeData['hand-over'] {
  return {
    ...commonData(facts),
    ...access(config, mailbox, given.password),
    usesPop3: usesPop3(mailbox),
    forwards: forwardsOf(mailbox),
    ...given.files,
    ...oldMailboxUntil(config, mailbox.announcedAt ?? given.now),
  }
}

export function passwordReset(
  config: Config,
  facts: NoticeFacts,
  mailbox: MailboxFacts,
  password: string | undefined,
): NoticeData['password-reset'] {
  return { ...commonData(facts), ...access(config, mailbox, password) }
}

export function reminder(
  config: Config,
  facts: NoticeFacts,
  mailbox: MailboxFacts,
  given: { readonly password: string | undefined; readonly count: number; readonly now: Date },
): NoticeData['reminder'] {
  const handedOverAt = mailbox.announcedAt ?? given.now
  return {
    ...commonData(facts),
    ...access(config, mailbox, given.password),
    handedOverAt,
    count: given.count,
    ...oldMailboxUntil(config, handedOverAt),
  }
}

export function keepOldServer(
  config: Config,
  facts: NoticeFacts,
  mailbox: MailboxFacts,
  since: Date,
): NoticeData['keep-old-server'] {
  return {
    ...commonData(facts),
    mailbox: noticeMailbox(mailbox),
    oldSettings: oldSettings(config),
    since,
    // Nobody else gets it: the others never heard of a hand-over.
    wasHandedOver: true,
  }
}

export function switchOff(
  config: Config,
  facts: NoticeFacts,
  mailbox: MailboxFacts,
  switchOffDate: Date,
): NoticeData['switch-off'] {
  return {
    ...commonData(facts),
    mailbox: noticeMailbox(mailbox),
    switchOffDate,
    newSettings: newSettings(config),
    oldSettings: oldSettings(config),
    oldLogins: [...(mailbox.logins ?? [])].flatMap(([protocol, lastSeen]) => [
      { protocol: LOGIN_NAMES[protocol], lastSeen },
    ]),
  }
}

const LOGIN_NAMES = { imap: 'imap', pop3: 'pop3', managesieve: 'sieve', submission: 'smtp' } as const

/** To the contact: where each mailbox stands, and whose letter is to be passed on. */
export function digest(
  config: Config,
  facts: NoticeFacts,
  given: {
    readonly letters: ReadonlyMap<string, LetterReason>
    readonly handedOver: ReadonlySet<string>
    readonly moved: boolean
    readonly now: Date
  },
): NoticeData['digest'] {
  return {
    ...commonData(facts),
    ...moveDate(config, facts.domain),
    moved: given.moved,
    ...oldMailboxUntil(config, given.now),
    mailboxes: facts.mailboxes.map(({ address, name, active, announcedAt, logins }): DigestMailbox => {
      const letter = given.letters.get(address)
      const last = [...(logins?.values() ?? [])].toSorted((one, other) => other.getTime() - one.getTime())[0]
      const isHandedOver = announcedAt !== undefined || given.handedOver.has(address)
      return {
        address,
        ...(name === undefined ? {} : { name }),
        state: active ? (isHandedOver ? 'handed-over' : 'waiting') : 'inactive',
        ...(last === undefined ? {} : { lastOldLogin: last }),
        ...(letter === undefined ? {} : { letter }),
      }
    }),
  }
}
