import type { MailcowClient } from '@iteg/mailcow-client'
import type { LedgerObject, ObjectKind } from '../../ledger/objects.ts'
import { asking } from '../mailcow-facts.ts'
import type { CutoverStepReport, RollbackDomain } from '../cutover-report.ts'
import { recorded } from './recorded-write.ts'
import { finalSide } from './sides.ts'
import type { CutoverContext } from './step.ts'

/** In this order: what hangs on others first, and the way to the old server last. */
const ORDER: readonly ObjectKind[] = ['filter', 'alias', 'mailbox', 'domain', 'transport']

/**
 * Before the cut-over: removes what we made on mailcow for the domain. A mailbox that was announced, or that holds more than we copied,
 * stays; and with it the domain. The forwarding hosts serve all domains.
 */
export async function removeStaged(context: CutoverContext): Promise<RollbackDomain> {
  const { ledger, domain, options } = context
  const ours = (await ledger.objects.list(domain)).filter(({ state }) => state === 'created')
  const stays: string[] = []
  const steps: CutoverStepReport[] = []
  const client = await context.migration.mailcow()
  for (const kind of ORDER)
    for (const object of ours.filter((candidate) => candidate.kind === kind)) {
      options.signal?.throwIfAborted()
      const obstacle = await obstacleOf(context, object, stays)
      if (obstacle !== undefined) stays.push(`${kind} ${object.key}: ${obstacle}`)
      else if (options.dryRun !== true) await remove(context, client, object)
    }
  const names = ORDER.map((kind) => [kind, ours.filter((object) => object.kind === kind).length] as const)
  const message = names
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ')
  steps.push({
    step: 'mailcow-relays',
    title: 'What mailmove made on mailcow for the domain is removed',
    outcome: options.dryRun === true ? 'planned' : ours.length === 0 ? 'unchanged' : 'done',
    message:
      message === ''
        ? 'There is nothing.'
        : `${message}${stays.length === 0 ? '' : `; ${stays.length} stay`}.`,
  })
  return {
    domain,
    outcome: options.dryRun === true ? 'planned' : 'removed',
    steps,
    stays,
    final: finalSide(await context.sides()),
    next: `mailmove provision ${domain}`,
  }
}

async function obstacleOf(
  context: CutoverContext,
  { kind, key }: LedgerObject,
  stays: readonly string[],
): Promise<string | undefined> {
  if (kind === 'domain' && stays.some((line) => line.startsWith('mailbox ')))
    return 'it has mailboxes that stay'
  if (kind === 'transport' && stays.some((line) => line.startsWith('domain ')))
    return 'as long as the domain is there, its mail has to go to the old server'
  if (kind !== 'mailbox') return undefined
  const { ledger, domain } = context
  const recordedMailbox = (await ledger.mailboxes.list(domain)).find(({ address }) => address === key)
  if (recordedMailbox?.announcedAt !== undefined) return 'its user was told of it'
  const found = (await context.facts()).state.objects.mailboxes.find(({ address }) => address === key)
  const messages = found?.messages ?? 0
  const copied = await copiedMessages(context, key)
  return messages > copied ? `it holds ${messages} messages, of which mailmove copied ${copied}` : undefined
}

async function copiedMessages({ ledger }: CutoverContext, mailbox: string): Promise<number> {
  const state = ledger.syncState(mailbox)
  let count = 0
  for (const { sourceWire } of (await ledger.folderMaps.get(mailbox))?.entries ?? [])
    for (const run of (await state.messages(sourceWire)).pairs) count += run.count
  return count
}

async function remove(
  context: CutoverContext,
  client: MailcowClient,
  { kind, key, remoteId }: LedgerObject,
): Promise<void> {
  const mailcow = await import('@iteg/mailcow-client')
  const removals: Partial<Record<ObjectKind, () => Promise<unknown>>> = {
    filter: () =>
      remoteId === undefined
        ? Promise.resolve()
        : mailcow.ensureFilterAbsent(client, { mailbox: key, id: Number(remoteId) }),
    alias: () => mailcow.ensureAliasAbsent(client, remoteId === undefined ? key : Number(remoteId)),
    mailbox: () => mailcow.ensureMailboxAbsent(client, key),
    domain: () => mailcow.ensureDomainAbsent(client, key),
    transport: () => mailcow.ensureTransportAbsent(client, key),
  }
  const work = removals[kind]
  if (work === undefined) return
  const intent = {
    system: 'mailcow',
    operation: `${kind}.delete`,
    item: key,
    removes: { kind, key },
  } as const
  await recorded(context, intent, () => asking({}, work))
}
