import { applyDns, formatServer, manualChanges, planDns, verifyDns } from '@iteg/cutover'
import type { Ledger } from '../../ledger/ledger.ts'
import { releaseAppPassword } from '../app-passwords.ts'
import { domainSettings } from '../ascii-names.ts'
import { addressesToAccept } from '../cutting-over/addresses.ts'
import { cutoverContext } from '../cutting-over/context.ts'
import { askingDns, readZones, resolversOf } from '../cutting-over/dns-context.ts'
import { recorded } from '../cutting-over/recorded-write.ts'
import type { CutoverContext } from '../cutting-over/step.ts'
import { MigrationError } from '../errors.ts'
import { asking } from '../mailcow-facts.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import { asSentence } from '../sentence.ts'
import type { RetireStep } from './retire-report.ts'

interface FinishOptions extends StageOptions {
  readonly dryRun: boolean
}

type Done = Omit<RetireStep, 'step' | 'domain'>

/** Each looks first, writes what differs, and reads back: after a crash it is simply run again. The relay goes last. */
export async function finishSteps(
  migration: Migration,
  ledger: Ledger,
  domains: readonly string[],
  options: FinishOptions,
): Promise<readonly RetireStep[]> {
  const steps: RetireStep[] = []
  const run = async (step: RetireStep['step'], domain: string, work: () => Promise<Done>): Promise<void> => {
    options.signal?.throwIfAborted()
    try {
      await using lock = options.dryRun
        ? undefined
        : await ledger.lockDomain(domain, { command: 'mailmove retire --finish' })
      steps.push({ step, domain: lock?.holder.domain ?? domain, ...(await work()) })
    } catch (error) {
      options.signal?.throwIfAborted()
      if (!(error instanceof MigrationError)) throw error
      const message = asSentence(error.message)
      steps.push({ step, domain, outcome: 'failed', message, lines: [] })
    }
  }
  const failed = (): boolean => steps.some(({ outcome }) => outcome === 'failed')
  for (const domain of domains)
    await run('app-passwords', domain, () => appPasswords(migration, ledger, domain, options))
  for (const domain of domains) {
    const context = await cutoverContext(migration, domain, options)
    await run('dns', domain, () => dns(context, options))
  }
  for (const domain of domains) {
    const context = await cutoverContext(migration, domain, options)
    await run('relay', domain, () => relay(context, options))
  }
  // As long as the old server relays for any domain, mailcow has to trust it.
  if (!failed())
    for (const domain of domains) {
      const context = await cutoverContext(migration, domain, options)
      await run('forwarding-hosts', domain, () => forwardingHosts(context, options))
    }
  return steps
}

async function appPasswords(
  migration: Migration,
  ledger: Ledger,
  domain: string,
  { dryRun }: FinishOptions,
): Promise<Done> {
  const left = await ledger.appPasswords.outstanding(domain)
  const lines = left.map(({ mailbox, name }) => `${mailbox}: ${name}`)
  if (left.length === 0) return { outcome: 'unchanged', message: 'None of ours is left.', lines }
  if (dryRun) return { outcome: 'planned', message: `${left.length} will be removed.`, lines }
  for (const { mailbox } of left) {
    const id = await ledger.writes.recordIntent({
      domain,
      system: 'mailcow',
      operation: 'appPasswords.delete',
      item: mailbox,
    })
    await releaseAppPassword(migration, ledger, mailbox)
    await ledger.writes.recordOutcome(id, { outcome: 'done' })
  }
  return { outcome: 'done', message: `${left.length} removed.`, lines }
}

async function dns(context: CutoverContext, { dryRun }: FinishOptions): Promise<Done> {
  const { migration, domain, options } = context
  const { aliasDomains } = (await context.facts()).inventory.domain
  const views = await readZones(migration, domain, aliasDomains, options)
  const plans = views.map((view) => ({ view, plan: planDns(view.records, view.setup, 'retire') }))
  const changed = plans.filter(({ plan }) => plan.changes.length > 0)
  const lines = changed.flatMap(({ plan }) =>
    manualChanges(plan).flatMap(({ reason, remove, add }) => [
      `; ${reason}`,
      ...remove.map((line) => `- ${line}`),
      ...add.map((line) => `+ ${line}`),
    ]),
  )
  if (changed.length === 0)
    return { outcome: 'unchanged', message: 'SPF and DKIM name the old server no more.', lines }
  const problem = plans.flatMap(({ plan }) => plan.problems).find(({ blocking }) => blocking)
  if (problem !== undefined) return { outcome: 'failed', message: problem.message, lines }
  if (dryRun) return { outcome: 'planned', message: 'These records will be written:', lines }
  const settings = migration.config.dns
  if (settings.kind !== 'rfc2136' || domainSettings(migration.config, domain).dns !== 'ours')
    return { outcome: 'open', message: 'The DNS is kept by somebody else, who should change:', lines }
  const { server: host, port, key } = settings
  const target = { server: { host, port }, key: { ...key, secret: key.secret.reveal() } }
  for (const { plan } of changed) {
    const payload = plan.changes.map(({ name, type, after }) => ({ name, type, after }))
    await recorded(context, { system: 'dns', operation: 'retire', item: plan.domain, payload }, () =>
      askingDns({}, () => applyDns(plan, target)),
    )
  }
  const late: string[] = []
  for (const { plan, view } of changed) {
    const verdict = await askingDns(options, () =>
      verifyDns(plan, view.zone, resolversOf(migration.config), { signal: options.signal }),
    )
    for (const { server, kind, verdict: said } of verdict.servers)
      if (kind === 'authoritative' && said !== 'agrees') late.push(`${formatServer(server)} (${said})`)
  }
  return late.length === 0
    ? { outcome: 'done', message: 'Written, and read back from every name server.', lines }
    : { outcome: 'done', message: `Written; not everywhere yet: ${late.join(', ')}.`, lines }
}

/** It takes no more mail for the domain. Delivering it itself again would be the one thing that loses mail. */
async function relay(context: CutoverContext, { dryRun }: FinishOptions): Promise<Done> {
  const { relay: server, domain, options } = context
  const facts = await context.facts()
  const { aliasDomains } = facts.inventory.domain
  const names = [domain, ...aliasDomains]
  if (server.kind === 'manual')
    return {
      outcome: 'open',
      message: 'Somebody has to change the old server by hand:',
      lines: [`take ${names.join(', ')} out of relay_domains, transport_maps and relay_recipient_maps`],
    }
  const wish = { domain, aliasDomains, recipients: [] }
  const plan = await server.planRelay(wish, options)
  if (plan.problems.length > 0)
    return { outcome: 'failed', message: asSentence(plan.problems.join(' ')), lines: plan.lines }
  if (plan.done) return { outcome: 'unchanged', message: 'It takes no mail for the domain.', lines: [] }
  if (dryRun)
    return { outcome: 'planned', message: 'Its list of recipients will be emptied.', lines: plan.lines }
  await recorded(
    context,
    { system: 'old-server', operation: 'relay.end', item: domain, payload: { aliasDomains } },
    () => server.makeRelay(wish, options),
  )
  const verdicts = await server.probe(addressesToAccept(facts), options)
  const taken = verdicts.filter(({ verdict }) => verdict === 'accepted').map(({ address }) => address)
  return taken.length === 0
    ? { outcome: 'done', message: 'It refuses every address of the domain.', lines: plan.lines }
    : { outcome: 'failed', message: `It still accepts ${taken.slice(0, 5).join(', ')}.`, lines: plan.lines }
}

async function forwardingHosts(context: CutoverContext, { dryRun }: FinishOptions): Promise<Done> {
  const { ledger, migration, domain } = context
  const ours = (await ledger.objects.list(domain, 'forwarding-host')).filter(
    ({ state }) => state === 'created',
  )
  const lines = ours.map(({ key }) => key)
  if (ours.length === 0) return { outcome: 'unchanged', message: 'None of ours is left.', lines }
  if (dryRun) return { outcome: 'planned', message: `${ours.length} will be removed.`, lines }
  const { ensureForwardingHostAbsent } = await import('@iteg/mailcow-client')
  const client = await migration.mailcow()
  for (const { key } of ours)
    await recorded(
      context,
      {
        system: 'mailcow',
        operation: 'forwarding-host.delete',
        item: key,
        removes: { kind: 'forwarding-host', key },
      },
      // Reads back: resolves only when it is gone.
      () => asking({}, () => ensureForwardingHostAbsent(client, key)),
    )
  return { outcome: 'done', message: `${ours.length} removed.`, lines }
}
