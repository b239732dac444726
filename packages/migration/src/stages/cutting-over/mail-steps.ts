import { asking } from '../mailcow-facts.ts'
import { copy } from '../copy.ts'
import { GateError } from '../errors.ts'
import { verify } from '../verify.ts'
import { recorded } from './recorded-write.ts'
import type { CutoverContext, CutoverStep } from './step.ts'

/** The old server delivers no more, and its queue is empty: what is copied now is all there is. */
export const lastDelta: CutoverStep = {
  name: 'last-delta',
  title: 'The last mail is copied',
  run: async (context) => {
    const { migration, domain, options } = context
    if (options.dryRun === true)
      return { outcome: 'planned', message: 'What is new since the last copy will be copied.' }
    if ((await context.ledger.lastDeltas.get(domain)) !== undefined)
      return { outcome: 'unchanged', message: 'It was; what still comes is for mailmove catchup.' }
    const report = await copy(migration, [domain], options)
    const { copied, alreadyThere } = report.totals
    if (report.ok)
      return {
        outcome: copied === 0 ? 'unchanged' : 'done',
        message: `${copied} messages copied, ${alreadyThere} were there.`,
      }
    const failed = report.domains.flatMap(({ mailboxes }) =>
      mailboxes.filter(({ outcome }) => outcome === 'failed'),
    )
    throw incomplete(
      context,
      `The last copy is not complete: ${
        failed
          .map(({ mailbox }) => mailbox)
          .slice(0, 5)
          .join(', ') || 'see its report'
      }.`,
    )
  },
}

/** Only then is anybody told: from here on the domain is the users', and only ever added to. */
export const lastVerify: CutoverStep = {
  name: 'last-verify',
  title: 'Both servers compared once more',
  run: async (context) => {
    const { migration, ledger, domain, options } = context
    if (options.dryRun === true)
      return { outcome: 'planned', message: 'Both servers will be compared by content.' }
    const recordedDelta = await ledger.lastDeltas.get(domain)
    if (recordedDelta !== undefined)
      return {
        outcome: 'unchanged',
        message: `They were equal at ${recordedDelta.verifiedAt.toISOString()}.`,
      }
    const report = await verify(migration, [domain], options)
    if (!report.ok)
      throw incomplete(context, 'The two servers are not equal; mailmove verify names the differences.')
    await ledger.lastDeltas.record({ domain, verifiedAt: migration.now() })
    await ledger.domains.makeAdditive(domain, 'the last delta of the cut-over is verified')
    return { outcome: 'done', message: 'They hold the same messages.' }
  },
}

/** They had to be active for the copy: mailcow lets nobody in otherwise. */
export const logins: CutoverStep = {
  name: 'logins',
  title: 'Mailboxes that were switched off on the old server are so on mailcow',
  run: async (context) => {
    const { inventory, state } = await context.facts()
    const off = inventory.domain.mailboxes.filter(({ active }) => !active).map(({ address }) => address)
    const wrong = state.mailboxes
      .filter(({ address, active }) => active && off.includes(address))
      .map(({ address }) => address)
    if (wrong.length === 0)
      return {
        outcome: 'unchanged',
        message: off.length === 0 ? 'There are none.' : `${off.length} are off.`,
      }
    if (context.options.dryRun === true)
      return { outcome: 'planned', message: `${wrong.join(', ')} will be switched off.` }
    const client = await context.migration.mailcow()
    const { ensureMailbox } = await import('@iteg/mailcow-client')
    for (const address of wrong)
      await recorded(
        context,
        { system: 'mailcow', operation: 'mailboxes.edit', item: address, payload: { active: false } },
        () => asking({}, () => ensureMailbox(client, { address, active: false })),
      )
    return { outcome: 'done', message: `${wrong.join(', ')} switched off.` }
  },
}

function incomplete({ domain }: CutoverContext, message: string): GateError {
  return new GateError(
    `${message} mailcow and the old server go on accepting the domain's mail; nothing is lost.`,
    {
      domains: [domain],
      hint: `Look with mailmove status ${domain}, then run mailmove cutover ${domain} again.`,
    },
  )
}
