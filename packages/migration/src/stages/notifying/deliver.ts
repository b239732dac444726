import { isImapSyncError, type MailboxHandle, messageHash, openMailbox } from '@iteg/imap-sync'
import type { NoticeKind, SmtpDelivery } from '@iteg/notify'
import type { Ledger } from '../../ledger/ledger.ts'
import type { LedgerNotice, NoticeName, NoticeOutcome } from '../../ledger/notices.ts'
import { oldEndpoint } from '../endpoints.ts'
import type { LoginGuard } from '../logins.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import { asSentence, withoutSide } from '../sentence.ts'
import { decide } from './decision.ts'
import type { ComposedMail } from './draft.ts'
import type { NoticeResult } from './notice-report.ts'

/** A notice that is to be told once. */
export interface NoticeOrder {
  readonly name: NoticeName & { readonly kind: NoticeKind }
  readonly language: string
  readonly version: string
  readonly via: 'append' | 'smtp'
  /** A new text is told again. */
  readonly perVersion: boolean
  readonly again: boolean
  /** The recipient is a mailbox of the old server: there one can look whether a mail arrived. */
  readonly hasOldMailbox: boolean
  /** The mailbox is the user's from here on. */
  readonly announces: boolean
  readonly messageId: (round: number) => string
  /** Makes the mail; called only when it is really sent, because it may open a password. */
  readonly compose: (mail: { readonly messageId: string; readonly date: Date }) => Promise<ComposedMail>
}

/** What the notices of one run share. */
export interface DeliveryShared {
  readonly guard: LoginGuard
  /** Address of `notify.from`: bounces go there. */
  readonly sender: string
  /** Opened when the first mail is sent. */
  readonly smtp: () => Promise<SmtpDelivery>
}

type Told = Pick<NoticeResult, 'outcome' | 'message' | 'remedy' | 'messageId' | 'bytes' | 'leftOut'>

/**
 * Tells one notice once: what earlier runs recorded decides, a look at the mailbox settles what they left open. What fails is
 * data; rejects only when aborted, or for what is no server's fault.
 */
export async function deliverNotice(
  migration: Migration,
  ledger: Ledger,
  order: NoticeOrder,
  shared: DeliveryShared,
  options: StageOptions,
): Promise<NoticeResult> {
  const { name, language, via, version } = order
  const told = await tell(migration, ledger, order, shared, options)
  return { recipient: name.recipient, kind: name.kind, language, via, version, ...told }
}

async function tell(
  migration: Migration,
  ledger: Ledger,
  order: NoticeOrder,
  shared: DeliveryShared,
  options: StageOptions,
): Promise<Told> {
  for (;;) {
    const decision = decide(await ledger.notices.find(order.name), order)
    if (decision.kind === 'already') {
      const { messageId } = decision.notice
      return decision.older
        ? {
            outcome: 'already',
            messageId,
            message: 'Delivered with an earlier version of the text; --again sends it once more.',
          }
        : { outcome: 'already', messageId }
    }
    if (decision.kind === 'look') {
      const looked = await look(migration, ledger, order, decision.notice, shared, options)
      if (looked === 'absent') continue
      return looked
    }
    return order.via === 'append'
      ? append(migration, ledger, order, decision.round, shared, options)
      : send(migration, ledger, order, decision.round, shared, options)
  }
}

/** Settles a notice that may have arrived. `absent`: it has not, and may be sent. */
async function look(
  migration: Migration,
  ledger: Ledger,
  order: NoticeOrder,
  notice: LedgerNotice,
  shared: DeliveryShared,
  options: StageOptions,
): Promise<Told | 'absent'> {
  const { messageId } = notice
  if (notice.via === 'append' || order.hasOldMailbox) {
    const opened = await openOld(migration, order.name.recipient, shared, options)
    if (!('append' in opened)) return { ...opened, messageId }
    await using mailbox = opened
    try {
      // What went through mail servers has more headers than we sent.
      const known = notice.via === 'append' ? { hashes: await ledger.notices.contentsOf(notice.id) } : {}
      const found = await mailbox.find({ messageId, ...known })
      if (found !== undefined) {
        await ledger.notices.settle(notice.id, { outcome: 'delivered', place: String(found.uid) })
        return { outcome: 'found', messageId }
      }
    } catch (error) {
      return { ...oldServerTrouble(error, options), messageId }
    }
  }
  if (notice.via === 'append') {
    await ledger.notices.settle(notice.id, { outcome: 'failed', message: 'looked for: it is not there' })
    return 'absent'
  }
  if (notice.outcome === undefined)
    await ledger.notices.settle(notice.id, { outcome: 'unknown', message: 'interrupted while it was sent' })
  return {
    outcome: 'in-doubt',
    messageId,
    message: 'An earlier run was interrupted while the mail server had it: it may have been sent.',
    remedy: "Look at the mail server's log; --again sends it once more.",
  }
}

async function append(
  migration: Migration,
  ledger: Ledger,
  order: NoticeOrder,
  round: number,
  shared: DeliveryShared,
  options: StageOptions,
): Promise<Told> {
  const opened = await openOld(migration, order.name.recipient, shared, options)
  if (!('append' in opened)) return opened
  await using mailbox = opened
  options.signal?.throwIfAborted()
  const date = migration.now()
  const messageId = order.messageId(round)
  const { content, leftOut } = await order.compose({ messageId, date })
  const { name, version, language, announces } = order
  const id = await ledger.notices.intend({
    ...name,
    version,
    round,
    language,
    via: 'append',
    messageId,
    contentHash: messageHash(content),
    announces,
  })
  try {
    const answer = await mailbox.append('INBOX', { content, date })
    if (answer.stored) {
      const place = answer.uid === undefined ? {} : { place: String(answer.uid) }
      await ledger.notices.settle(id, { outcome: 'delivered', ...place })
      return { outcome: 'sent', messageId, bytes: content.length, ...named(leftOut) }
    }
    const message = asSentence(`The old server does not take it: ${answer.text}`)
    await ledger.notices.settle(id, { outcome: 'refused', message })
    const isFull = answer.responseCode === 'OVERQUOTA'
    return {
      outcome: 'refused',
      messageId,
      message,
      remedy: isFull
        ? 'The mailbox is full there: make room, or pass the letter on.'
        : 'Look at the old server.',
    }
  } catch (error) {
    // Nobody knows whether it was stored: the next run looks.
    const trouble = oldServerTrouble(error, options, 'in-doubt')
    await ledger.notices.settle(id, { outcome: 'unknown', ...only(trouble.message) })
    return { ...trouble, messageId }
  }
}

function named(leftOut: readonly string[]): { readonly leftOut?: readonly string[] } {
  return leftOut.length === 0 ? {} : { leftOut }
}

function only(message: string | undefined): { readonly message?: string } {
  return message === undefined ? {} : { message }
}

async function openOld(
  migration: Migration,
  recipient: string,
  { guard }: DeliveryShared,
  options: StageOptions,
): Promise<MailboxHandle | Told> {
  const stopped = guard.stopReason
  if (stopped !== undefined)
    return { outcome: 'failed', message: `It was not tried: ${stopped}.`, remedy: CHECK }
  try {
    const handle = await openMailbox(oldEndpoint(migration.config, recipient), {
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      logger: migration.logger,
      side: 'source',
    })
    guard.accepted()
    return handle
  } catch (error) {
    guard.refusedBy(error)
    return oldServerTrouble(error, options)
  }
}

const SMTP = 'Look at notify.smtp, then run it again.'
const CHECK = 'Look at it with mailmove check, then run it again.'

function oldServerTrouble(
  error: unknown,
  options: StageOptions,
  outcome: 'failed' | 'in-doubt' = 'failed',
): Told {
  options.signal?.throwIfAborted()
  if (!isImapSyncError(error)) throw error
  return {
    outcome,
    message: asSentence(`The old server: ${withoutSide(error.message)}`),
    remedy: outcome === 'failed' ? CHECK : 'Run it again: it looks whether the mail arrived.',
  }
}

async function send(
  migration: Migration,
  ledger: Ledger,
  order: NoticeOrder,
  round: number,
  shared: DeliveryShared,
  options: StageOptions,
): Promise<Told> {
  const { isSmtpError } = await import('@iteg/notify')
  const { name, version, language } = order
  const messageId = order.messageId(round)
  const date = migration.now()
  let smtp: SmtpDelivery
  try {
    smtp = await shared.smtp()
  } catch (error) {
    if (!isSmtpError(error)) throw error
    return { outcome: 'failed', message: asSentence(`The mail server: ${error.message}`), remedy: SMTP }
  }
  const { content, leftOut } = await order.compose({ messageId, date })
  options.signal?.throwIfAborted()
  const id = await ledger.notices.intend({
    ...name,
    version,
    round,
    language,
    via: 'smtp',
    messageId,
  })
  const settle = (outcome: NoticeOutcome, message: string) => ledger.notices.settle(id, { outcome, message })
  try {
    // Not the signal of the run: a mail under way ends by itself, so that its outcome is known.
    const result = await smtp.send(
      content,
      { from: shared.sender, to: [name.recipient] },
      { envelopeId: `mailmove-${id}` },
    )
    await settle('delivered', result.response)
    return {
      outcome: 'sent',
      messageId,
      message: result.response,
      bytes: content.length,
      ...named(leftOut),
    }
  } catch (error) {
    if (!isSmtpError(error)) throw error
    const said = error.rejected.map(({ response }) => response)[0] ?? error.response ?? error.message
    const message = asSentence(`The mail server: ${said}`)
    if (error.outcome === 'unknown') {
      await settle('unknown', message)
      return {
        outcome: 'in-doubt',
        messageId,
        message,
        remedy: "Look at the mail server's log; --again sends it once more.",
      }
    }
    const isRefused = error.code === 'refused'
    await settle(isRefused ? 'refused' : 'failed', message)
    return isRefused
      ? { outcome: 'refused', messageId, message, remedy: 'Correct the address, or pass a letter on.' }
      : { outcome: 'failed', messageId, message, remedy: SMTP }
  }
}
