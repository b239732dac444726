import { asking } from '../mailcow-facts.ts'
import { GateError } from '../errors.ts'
import { addressesToAccept, aliasDomainRows } from './addresses.ts'
import { recorded } from './recorded-write.ts'
import { mailcowSide } from './sides.ts'
import { probeMailcow, sentenceOf } from './probes.ts'
import type { CutoverContext, CutoverStep, StepResult } from './step.ts'

/** In this order: a catch-all that comes first would swallow addresses whose alias is still off. */
export const aliasesActive: CutoverStep = {
  name: 'aliases-active',
  title: 'Aliases switched on at mailcow, the catch-all last',
  run: async (context) => {
    const { state, desired } = await context.facts()
    const wanted = new Set(desired.aliases.map(({ address }) => address))
    const off = state.objects.aliases.filter(
      ({ address, active }) => !active && wanted.has(address.toLowerCase()),
    )
    const missing = [...wanted].filter((address) => !state.aliases.some((alias) => alias.address === address))
    if (missing.length > 0) throw notProvisioned(context, missing)
    if (off.length === 0) return { outcome: 'unchanged', message: `${wanted.size} aliases are on.` }
    if (context.options.dryRun === true)
      return { outcome: 'planned', message: `${off.length} aliases will be switched on.` }
    const client = await context.migration.mailcow()
    const { ensureAliasesActive } = await import('@iteg/mailcow-client')
    const groups = [
      off.filter(({ address }) => !address.startsWith('@')),
      off.filter(({ address }) => address.startsWith('@')),
    ]
    for (const group of groups) {
      if (group.length === 0) continue
      const item = group.map(({ address }) => address).join(', ')
      await recorded(
        context,
        { system: 'mailcow', operation: 'aliases.edit', item, payload: { active: true } },
        () => asking({}, () => ensureAliasesActive(client, { ids: group.map(({ id }) => id), active: true })),
      )
    }
    return {
      outcome: 'done',
      message: `${off.length} aliases were switched on.`,
      detail: { ids: off.map(({ id }) => id) },
    }
  },
}

/** One call for all three: the first alone answers success and changes nothing. */
export const mailcowFinal: CutoverStep = {
  name: 'mailcow-final',
  title: 'mailcow delivers the domain itself',
  run: async (context) => {
    const { state } = await context.facts()
    const found = state.domain
    if (found === undefined) throw notProvisioned(context, [context.domain])
    if (!found.relay && !found.relayAllRecipients && !found.relayUnknownOnly)
      return { outcome: 'unchanged', message: 'mailcow has it as a domain of its own.' }
    if (context.options.dryRun === true)
      return {
        outcome: 'planned',
        message: 'The domain will be switched from relayed to local, three flags in one call.',
      }
    const client = await context.migration.mailcow()
    const { ensureDomain } = await import('@iteg/mailcow-client')
    const flags = { backupMx: false, relayAllRecipients: false, relayUnknownOnly: false }
    await recorded(
      context,
      { system: 'mailcow', operation: 'domains.edit', item: context.domain, payload: flags },
      () => asking({}, () => ensureDomain(client, { domain: context.domain, ...flags })),
    )
    return { outcome: 'done', message: 'The domain was switched from relayed to local, and read back.' }
  },
}

/** As long as there is one, it wins over the mailboxes. */
export const transportGone: CutoverStep = {
  name: 'transport-gone',
  title: 'No transport leads the domain to the old server any more',
  run: async (context) => {
    const { state } = await context.facts()
    if (state.transports.length === 0) return { outcome: 'unchanged', message: 'There is none.' }
    if (context.options.dryRun === true)
      return { outcome: 'planned', message: `${state.transports.length} transport will be deleted.` }
    const client = await context.migration.mailcow()
    const { ensureTransportAbsent } = await import('@iteg/mailcow-client')
    for (const { nexthop } of state.transports)
      await recorded(
        context,
        { system: 'mailcow', operation: 'transports.delete', item: context.domain, payload: { nexthop } },
        () => asking({}, () => ensureTransportAbsent(client, context.domain)),
      )
    const after = await context.facts()
    if (mailcowSide(after) !== 'final')
      throw new GateError(`mailcow still hands ${context.domain} on, although its transport was deleted.`, {
        domains: [context.domain],
        hint: 'Look at the domain and its transport in mailcow, then run mailmove cutover again.',
      })
    return { outcome: 'done', message: 'It was deleted, and is gone.' }
  },
}

/** mailcow refuses them while their target is a relay domain; their aliases need rows of their own. */
export const aliasDomains: CutoverStep = {
  name: 'alias-domains',
  title: 'Alias domains, and the aliases in them',
  run: async (context) => {
    const facts = await context.facts()
    const names = facts.inventory.domain.aliasDomains
    if (names.length === 0) return { outcome: 'unchanged', message: 'The domain has none.' }
    const rows = aliasDomainRows(facts)
    if (context.options.dryRun === true)
      return { outcome: 'planned', message: `${names.join(', ')} will be made, with ${rows.length} aliases.` }
    return makeAliasDomains(context, names, rows)
  },
}

async function makeAliasDomains(
  context: CutoverContext,
  names: readonly string[],
  rows: ReturnType<typeof aliasDomainRows>,
): Promise<StepResult> {
  const client = await context.migration.mailcow()
  const { ensureAlias, ensureAliasDomain } = await import('@iteg/mailcow-client')
  let changed = 0
  const note =
    (operation: string, item: string, creates: 'alias' | 'alias-domain') =>
    async (write: () => Promise<{ readonly outcome: string }>): Promise<void> => {
      const intent = { system: 'mailcow', operation, item, creates: { kind: creates, key: item } } as const
      const { outcome } = await recorded(context, intent, write)
      if (outcome !== 'unchanged') changed += 1
    }
  const allAliasDomains = await asking(context.options, (call) => client.aliasDomains.list(call))
  const isOn = (name: string): boolean =>
    allAliasDomains.some((found) => found.domain === name && found.active && found.target === context.domain)
  const ensureDomain = (name: string, active: boolean): Promise<void> =>
    note(
      'aliasDomains.add',
      name,
      'alias-domain',
    )(() => asking({}, () => ensureAliasDomain(client, { domain: name, target: context.domain, active })))
  // First off: as long as its aliases are missing, mailcow would take mail for them and return it. Off, it goes by MX to the old server.
  for (const name of names) if (!isOn(name)) await ensureDomain(name, false)
  const there = await asking(context.options, (call) => client.aliases.list(undefined, call))
  for (const { address, targets, senderAllowed } of rows) {
    const known = there.find((alias) => alias.address.toLowerCase() === address)
    const wanted = { address, targets, active: true, senderAllowed } as const
    const fits = await asking({}, () => ensureAlias(client, wanted, { known: known ?? null, dryRun: true }))
    if (fits.outcome === 'unchanged') continue
    await note('aliases.add', address, 'alias')(() => asking({}, () => ensureAlias(client, wanted)))
  }
  for (const name of names) {
    await transportAbsent(context, name)
    if (!isOn(name)) await ensureDomain(name, true)
  }
  const what = `${names.join(', ')}${rows.length === 0 ? '' : `, with ${rows.length} aliases`}`
  return changed === 0
    ? { outcome: 'unchanged', message: `mailcow has ${what}.` }
    : { outcome: 'done', message: `mailcow has ${what}; ${changed} were made.` }
}

/** A rollback leaves one, and it would win over the mailboxes. */
async function transportAbsent(context: CutoverContext, name: string): Promise<void> {
  const client = await context.migration.mailcow()
  const transports = await asking(context.options, (call) => client.transports.list(call))
  if (!transports.some(({ destination }) => destination.toLowerCase() === name)) return
  const { ensureTransportAbsent } = await import('@iteg/mailcow-client')
  await recorded(context, { system: 'mailcow', operation: 'transports.delete', item: name }, () =>
    asking({}, () => ensureTransportAbsent(client, name)),
  )
}

/** A recipient that only the old server knows would bounce as soon as it relays. */
export const mailcowAccepts: CutoverStep = {
  name: 'mailcow-accepts',
  title: 'mailcow accepts every address that the old server accepts',
  run: async (context) => {
    const addresses = addressesToAccept(await context.facts())
    if (context.options.dryRun === true)
      return {
        outcome: 'planned',
        message: `mailcow will be asked for ${addresses.length} addresses (RCPT TO, no message).`,
      }
    const verdicts = await probeMailcow(context, addresses)
    const wrong = verdicts.filter(({ verdict }) => verdict !== 'accepted')
    if (wrong.length === 0)
      return { outcome: 'done', message: `mailcow accepts all ${addresses.length} addresses.` }
    throw new GateError(
      `mailcow does not accept ${wrong.length} of ${addresses.length} addresses: ${sentenceOf(wrong)}.`,
      {
        domains: [context.domain],
        hint: `The old server still delivers, nothing is lost. Make them on mailcow (mailmove provision ${context.domain}), then run mailmove cutover again.`,
      },
    )
  },
}

function notProvisioned({ domain }: CutoverContext, missing: readonly string[]): GateError {
  return new GateError(`mailcow has not got ${missing.slice(0, 5).join(', ')}.`, {
    domains: [domain],
    hint: `Run first: mailmove provision ${domain}`,
  })
}
