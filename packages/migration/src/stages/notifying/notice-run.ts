import type { SmtpDelivery } from '@iteg/notify'
import pLimit, { type LimitFunction } from 'p-limit'
import type { NotifyConfig } from '../../config/index.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { GateError, UsageError } from '../errors.ts'
import { LoginGuard } from '../logins.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import { deliverNotice, type DeliveryShared } from './deliver.ts'
import { type Draft, type Drafting, messageIdOf } from './draft.ts'
import { writeLetter } from './letters.ts'
import { requireNotify } from './notice-facts.ts'
import type { NoticeResult } from './notice-report.ts'
import { senderOf } from './sender.ts'

/** What one run of notices works with. Close it (or `await using`). */
export interface NoticeRun extends AsyncDisposable {
  readonly drafting: Drafting
  readonly delivery: DeliveryShared
  /** Mailboxes at once. */
  readonly limit: LimitFunction
  /** Of ManageSieve on the old server. */
  readonly sieveLogins: LoginGuard
}

/** Reads the templates; opens no connection yet. Rejects with `UsageError`, or with the templates' own error. */
export async function openNoticeRun(migration: Migration, options: StageOptions): Promise<NoticeRun> {
  const config = requireNotify(migration)
  // Loaded when it is needed: most commands write to nobody.
  const notify = await import('@iteg/notify')
  const templates = await notify.loadTemplates({
    ...(config.templates === undefined ? {} : { directory: config.templates }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  let opened: SmtpDelivery | undefined
  let ready: Promise<SmtpDelivery> | undefined
  const connect = async (): Promise<SmtpDelivery> => {
    opened = notify.openSmtp({ ...smtpOptions(config), logger: migration.logger })
    await opened.verify(options.signal === undefined ? {} : { signal: options.signal })
    return opened
  }
  return {
    drafting: { migration, templates, notify, from: config.from },
    delivery: {
      guard: new LoginGuard(),
      sender: senderOf(config.from).address,
      // Once for all: a login that is refused is not tried for each recipient.
      smtp: () => (ready ??= connect()),
    },
    limit: pLimit(migration.config.copy.mailboxesAtOnce),
    sieveLogins: new LoginGuard(),
    [Symbol.asyncDispose]: async () => {
      await opened?.close()
    },
  }
}

function smtpOptions({ smtp }: NotifyConfig) {
  if (smtp === undefined)
    throw new UsageError('notify.smtp is missing in the configuration: mail cannot be sent.', {
      hint: 'Add for example: smtp: { host: mailhaus.example, port: 587, tls: starttls }',
    })
  const { host, port, tls, tlsOptions, user, password, ratePerSecond } = smtp
  return {
    host,
    port,
    tls,
    ...(tlsOptions === undefined ? {} : { tlsOptions }),
    ...(user === undefined || password === undefined ? {} : { auth: { user, password: password.reveal() } }),
    ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
  }
}

/** What decides how a draft goes out. */
export interface Dispatch {
  readonly again: boolean
  /** A new text is told again. */
  readonly perVersion: boolean
  readonly hasOldMailbox: boolean
  readonly announces: boolean
  /** Why a mail would leak or not be seen: a letter is written instead. */
  readonly blocked?: string
  /** The same, accepted: the mail goes, and a letter is written too. */
  readonly accepted?: string
}

/** Sends one draft, or writes its letter, or both. What fails is data. */
export async function dispatch(
  run: NoticeRun,
  ledger: Ledger,
  draft: Draft,
  how: Dispatch,
  options: StageOptions,
): Promise<NoticeResult> {
  const { drafting, delivery } = run
  const { migration } = drafting
  const { domain, recipient, kind, occasion, language, version, via } = draft
  const { again, perVersion, hasOldMailbox, announces } = how
  const name = { domain, recipient, kind, occasion }
  const order = {
    name,
    language,
    version,
    via,
    perVersion,
    again,
    hasOldMailbox,
    announces,
    messageId: (round: number) => messageIdOf(drafting, draft, round),
    compose: (mail: { readonly messageId: string; readonly date: Date }) => draft.compose(mail),
  }
  const print = async (): Promise<{ readonly letter?: string }> => {
    const { letter } = draft
    if (letter === undefined) return {}
    return { letter: await writeLetter(migration, ledger, order, () => letter(migration.now())) }
  }
  if (how.blocked !== undefined) {
    const printed = await print()
    const outcome = printed.letter === undefined ? 'failed' : 'letter'
    return { recipient, kind, language, via, version, outcome, ...printed, message: how.blocked }
  }
  let told: NoticeResult
  try {
    told = await deliverNotice(migration, ledger, order, delivery, options)
  } catch (error) {
    // No password under seal: the others have theirs.
    if (!(error instanceof GateError)) throw error
    const remedy = error.hint === undefined ? {} : { remedy: error.hint }
    return { recipient, kind, language, via, version, outcome: 'failed', message: error.message, ...remedy }
  }
  // What the old mailbox would not take goes on paper.
  const needsLetter = how.accepted !== undefined || (told.outcome === 'refused' && via === 'append')
  return needsLetter ? { ...told, ...(await print()) } : told
}
