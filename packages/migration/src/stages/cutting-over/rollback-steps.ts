import { asking } from '../mailcow-facts.ts'
import { GateError } from '../errors.ts'
import { transportNexthop } from '../endpoints.ts'
import { RELOAD, reloadMailcowPostfix } from './mailcow-postfix.ts'
import { recorded } from './recorded-write.ts'
import { assertNoLoop } from './sides.ts'
import type { CutoverContext, CutoverStep } from './step.ts'

/** First of all: as long as nobody but mailcow delivers, mailcow must not stop. */
export const oldFinal: CutoverStep = {
  name: 'old-final',
  title: 'The old server delivers the domain itself again',
  run: async (context) => {
    const { relay, options, domain } = context
    const plan = await relay.planFinal(domain, options)
    if (plan.done) return { outcome: 'unchanged', message: 'It does.' }
    const lines = { lines: plan.lines }
    if (options.dryRun === true)
      return { outcome: 'planned', message: 'Its configuration will be put back.', ...lines }
    if (relay.kind === 'manual' && options.oldServerDone !== true)
      return { outcome: 'waiting', message: 'Somebody has to change the old server by hand:', ...lines }
    if (relay.kind !== 'manual')
      await recorded(context, { system: 'old-server', operation: 'deliver', item: domain }, () =>
        relay.makeFinal(domain, {}),
      )
    return {
      outcome: 'done',
      message: 'Mailboxes, aliases and forwards of the domain are there again.',
      ...lines,
    }
  },
}

/** Without it mailcow would look the MX up, find itself, and bounce. */
export const transport: CutoverStep = {
  name: 'transport',
  title: 'mailcow knows the way to the old server',
  run: async (context) => {
    const nexthop = transportNexthop(context.migration.config.old.smtp)
    const { state, inventory } = await context.facts()
    const client = await context.migration.mailcow()
    const all = await asking(context.options, (call) => client.transports.list(call))
    // Once an alias domain is off, nothing else would tell mailcow where its mail goes: its MX may still be remembered.
    const missing = [
      ...(state.transports.some((entry) => entry.active && entry.nexthop === nexthop)
        ? []
        : [context.domain]),
      ...inventory.domain.aliasDomains.filter(
        (name) =>
          !all.some(
            (entry) => entry.destination.toLowerCase() === name && entry.active && entry.nexthop === nexthop,
          ),
      ),
    ]
    if (missing.length === 0) return { outcome: 'unchanged', message: `By ${nexthop}.` }
    if (context.options.dryRun === true) return { outcome: 'planned', message: `By ${nexthop}.` }
    assertNoLoop(await context.sides(), 'mailcow-relays')
    const { ensureTransport } = await import('@iteg/mailcow-client')
    for (const destination of missing) {
      const creates = { kind: 'transport', key: destination } as const
      await recorded(
        context,
        { system: 'mailcow', operation: 'transports.add', item: destination, payload: { nexthop }, creates },
        () => asking({}, () => ensureTransport(client, { destination, nexthop, active: true })),
      )
    }
    return { outcome: 'done', message: `By ${nexthop}.` }
  },
}

/**
 * After the MX: until then mail for them comes to mailcow, which takes it as long as they are on (their aliases have rows of their own).
 * Off, they are on the old server alone, which may have other addresses by tomorrow.
 */
export const aliasDomainsOff: CutoverStep = {
  name: 'alias-domains-off',
  title: 'Alias domains are off on mailcow',
  run: async (context) => {
    const client = await context.migration.mailcow()
    const all = await asking(context.options, (call) => client.aliasDomains.list(call))
    const aliases = await asking(context.options, (call) => client.aliases.list(undefined, call))
    // Off, nothing would stand before its catch-all any more, which then takes the mail of every mailbox.
    const hasCatchAll = (name: string): boolean =>
      aliases.some(({ address, active }) => active && address.toLowerCase() === `@${name}`)
    const on = all
      .filter(({ target, active }) => target === context.domain && active)
      .map((alias) => alias.domain)
    const kept = on.filter(hasCatchAll)
    const off = on.filter((name) => !hasCatchAll(name))
    const keptText =
      kept.length === 0
        ? ''
        : ` ${kept.join(', ')} stay on: their catch-all would take all mail otherwise. Delete them in mailcow once nobody moves.`
    if (off.length === 0)
      return { outcome: 'unchanged', message: kept.length === 0 ? 'None is on.' : keptText.trim() }
    if (context.options.dryRun === true)
      return { outcome: 'planned', message: `${off.join(', ')} will be switched off.${keptText}` }
    const { ensureAliasDomain } = await import('@iteg/mailcow-client')
    for (const name of off)
      await recorded(
        context,
        { system: 'mailcow', operation: 'aliasDomains.edit', item: name, payload: { active: false } },
        () =>
          asking({}, () =>
            ensureAliasDomain(client, { domain: name, target: context.domain, active: false }),
          ),
      )
    return { outcome: 'done', message: `${off.join(', ')} switched off.${keptText}` }
  },
}

/**
 * Aliases stay on: a process of mailcow's Postfix remembers for up to three hours that the domain is its own, and would refuse what is
 * no longer listed. A reload makes it forget.
 */
export const mailcowRelays: CutoverStep = {
  name: 'mailcow-relays',
  title: 'mailcow hands the domain on to the old server',
  run: async (context) => {
    const { domain, migration, options } = context
    const found = (await context.facts()).state.domain
    if (found === undefined)
      throw new GateError(`mailcow has not got ${domain}.`, {
        domains: [domain],
        hint: `mailmove status ${domain}`,
      })
    const isRelay = found.relay && found.relayAllRecipients && !found.relayUnknownOnly
    if (isRelay) return { outcome: 'unchanged', message: 'It does.' }
    if (options.dryRun === true) return { outcome: 'planned', message: 'Three flags in one call.' }
    assertNoLoop(await context.sides(), 'mailcow-relays')
    const client = await migration.mailcow()
    const { ensureDomain } = await import('@iteg/mailcow-client')
    const flags = { backupMx: true, relayAllRecipients: true, relayUnknownOnly: false }
    await recorded(
      context,
      { system: 'mailcow', operation: 'domains.edit', item: domain, payload: flags },
      () => asking({}, () => ensureDomain(client, { domain, ...flags })),
    )
    return { outcome: 'done', message: `The domain is relayed again. ${await forgetfulness(context)}` }
  },
}

async function forgetfulness(context: CutoverContext): Promise<string> {
  if (await reloadMailcowPostfix(context)) return "mailcow's Postfix was reloaded."
  return `Leave its aliases on for three hours, or run on the mailcow host: ${RELOAD.join(' ')}`
}
