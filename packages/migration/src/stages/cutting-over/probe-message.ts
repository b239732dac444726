import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { isImapSyncError, searchMailbox } from '@iteg/imap-sync'
import { OldServerError, sendProbe } from '@iteg/old-server'
import { z } from 'zod'
import { generatePassword } from '../../secrets/password.ts'
import { asking } from '../mailcow-facts.ts'
import { readPasswordPolicy } from '../server-facts.ts'
import { GateError } from '../errors.ts'
import { asSentence } from '../sentence.ts'
import { recorded } from './recorded-write.ts'
import type { CutoverContext } from './step.ts'

const MIB = 1024 ** 2
const DEFAULT_TIMEOUT_MS = 2 * 60_000
const LOOK_EVERY_MS = 250

/** Kept with the step: a mailbox that has to go, and when a message went through. */
const kept = z.looseObject({ mailbox: z.string().exactOptional(), delivered: z.string().exactOptional() })
export type ProbeRecord = z.infer<typeof kept>

export async function probeRecord({ ledger, domain }: CutoverContext): Promise<ProbeRecord> {
  const steps = await ledger.cutoverSteps.list(domain, 'forward')
  return kept.safeParse(steps.find(({ step }) => step === 'old-accepts')?.detail).data ?? {}
}

const keep = ({ ledger, domain }: CutoverContext, record: ProbeRecord): Promise<void> =>
  ledger.cutoverSteps.keep(domain, 'forward', 'old-accepts', record)

/**
 * A message of ours through the old server into a mailbox on mailcow that exists for it only. Its name holds 12 random digits and is
 * on record before the mailbox is made: it is nobody else's, and who dies in the middle has it removed by the next run.
 * `relist` has the old server know what mailcow has now.
 *
 * Rejects with `GateError` when the message does not arrive; the mailbox is gone then, too.
 */
export async function probeByMessage(
  context: CutoverContext,
  relist: () => Promise<unknown>,
): Promise<ProbeRecord> {
  const { migration, domain } = context
  await removeProbeMailbox(context)
  const mailbox = `mailmove-probe-${randomBytes(6).toString('hex')}@${domain}`
  await keep(context, { mailbox })
  try {
    const client = await migration.mailcow()
    const policy = await readPasswordPolicy(client, context.options)
    const password = generatePassword({ policy, minLength: migration.config.passwords.minLength })
    await makeMailbox(context, mailbox, password)
    await relist()
    const messageId = `${randomBytes(12).toString('hex')}@mailmove.invalid`
    await send(context, mailbox, messageId)
    await arrival(context, { mailbox, password, messageId })
  } finally {
    await removeProbeMailbox(context)
    await relist()
  }
  const record = { delivered: migration.now().toISOString() }
  await keep(context, record)
  return record
}

/** Whatever an earlier run has left behind. */
export async function removeProbeMailbox(context: CutoverContext): Promise<void> {
  const { mailbox, ...rest } = await probeRecord(context)
  if (mailbox === undefined) return
  const client = await context.migration.mailcow()
  const { ensureMailboxAbsent } = await import('@iteg/mailcow-client')
  await recorded(context, { system: 'mailcow', operation: 'mailboxes.delete', item: mailbox }, () =>
    asking({}, () => ensureMailboxAbsent(client, mailbox)),
  )
  await keep(context, rest)
}

async function makeMailbox(context: CutoverContext, mailbox: string, password: string): Promise<void> {
  const { domain, options } = context
  const client = await context.migration.mailcow()
  const { ensureDomain, ensureMailbox } = await import('@iteg/mailcow-client')
  const there = await asking(options, (call) => client.mailboxes.list(domain, call))
  const room = {
    domain,
    maxMailboxes: there.length + 1,
    quotaBytes: there.reduce((sum, { quotaBytes }) => sum + (quotaBytes ?? 0), MIB),
    raiseOnly: true,
  }
  await recorded(
    context,
    { system: 'mailcow', operation: 'mailboxes.add', item: mailbox, payload: { for: 'a probe message' } },
    () =>
      asking({}, async () => {
        // One more than there are: the domain's limits may be just so.
        await ensureDomain(client, room)
        await ensureMailbox(client, {
          address: mailbox,
          name: 'mailmove probe, removed at once',
          quotaBytes: MIB,
          active: true,
          atCreation: { password, forcePasswordUpdate: false },
        })
      }),
  )
}

async function send(
  { migration, options, domain }: CutoverContext,
  to: string,
  messageId: string,
): Promise<void> {
  const message = {
    to,
    messageId,
    subject: 'mailmove probe',
    text: 'Sent to see whether the old server hands mail on to mailcow.\nThe mailbox is removed at once.',
  }
  try {
    await sendProbe(migration.config.old.smtp, message, options)
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!(error instanceof OldServerError)) throw error
    throw new GateError(asSentence(`the old server did not take the probe message: ${error.message}`), {
      domains: [domain],
      hint: 'Look into its log.',
      cause: error,
    })
  }
}

async function arrival(
  { migration, options, domain }: CutoverContext,
  {
    mailbox,
    password,
    messageId,
  }: { readonly mailbox: string; readonly password: string; readonly messageId: string },
): Promise<void> {
  const { signal, probeTimeoutMs = DEFAULT_TIMEOUT_MS } = options
  const until = Date.now() + probeTimeoutMs
  const login = { user: mailbox, password }
  let reason = 'it is in no folder of its mailbox'
  while (Date.now() < until) {
    try {
      const { total } = await searchMailbox(
        { server: migration.config.new.imap, login },
        { kind: 'messageId', text: messageId },
        signal === undefined ? {} : { signal },
      )
      if (total > 0) return
    } catch (error) {
      signal?.throwIfAborted()
      if (!isImapSyncError(error)) throw error
      reason = error.message
    }
    await pause(LOOK_EVERY_MS, undefined, signal === undefined ? {} : { signal })
  }
  throw new GateError(
    `The old server took a probe message, and mailcow has not got it after ${Math.round(probeTimeoutMs / 1000)} s (${reason}).`,
    { domains: [domain], hint: 'Look into the logs and queues of both servers.' },
  )
}
