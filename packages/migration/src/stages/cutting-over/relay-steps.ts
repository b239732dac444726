import { setTimeout as pause } from 'node:timers/promises'
import { asking } from '../mailcow-facts.ts'
import { GateError } from '../errors.ts'
import { asSentence } from '../sentence.ts'
import { addressesToAccept, UNKNOWN_LOCAL_PART } from './addresses.ts'
import { probeByMessage, type ProbeRecord, probeRecord } from './probe-message.ts'
import { sentenceOf } from './probes.ts'
import { recorded } from './recorded-write.ts'
import { relayRecipients } from './relay-recipients.ts'
import type { RelayWish } from './relay-server.ts'
import { assertNoLoop } from './sides.ts'
import type { CutoverContext, CutoverStep } from './step.ts'

const DEFAULT_QUEUE_TIMEOUT_MS = 10 * 60_000

/** Aliases, forwards and vacations of the domain go with it: they would fire twice. */
export const oldRelays: CutoverStep = {
  name: 'old-relays',
  title: 'The old server hands the domain on to mailcow',
  run: async (context) => {
    const { relay, options, domain } = context
    const wish = await relayWish(context)
    const plan = await relay.planRelay(wish, options)
    if (plan.problems.length > 0)
      throw new GateError(`The old server cannot be made a relay for ${domain}: ${plan.problems.join(' ')}`, {
        domains: [domain],
        hint: 'Change it by hand and set old.relay to { kind: manual }, or take the obstacle away; both servers accept the mail, nothing is lost.',
      })
    const lines = { lines: plan.lines }
    if (plan.done) return { outcome: 'unchanged', message: 'It does so already.' }
    if (options.dryRun === true)
      return { outcome: 'planned', message: 'Its configuration will be changed.', ...lines }
    assertNoLoop(await context.sides(), 'old-relays')
    if (relay.kind === 'manual') {
      if (await relaysAlready(context))
        return { outcome: 'done', message: 'It works by the list of addresses that mailmove gave.' }
      return { outcome: 'waiting', message: 'Somebody has to change the old server by hand:', ...lines }
    }
    const payload = { recipients: wish.recipients.length, aliasDomains: wish.aliasDomains }
    await recorded(context, { system: 'old-server', operation: 'relay', item: domain, payload }, () =>
      relay.makeRelay(wish, options),
    )
    return {
      outcome: 'done',
      message: `It accepts ${wish.recipients.length} addresses and hands them on.`,
      ...lines,
    }
  },
}

/** If it does not do as it should, everything is put back: better a cut-over that waits than mail that bounces. */
export const oldAccepts: CutoverStep = {
  name: 'old-accepts',
  title: 'The old server accepts what mailcow accepts, and no more',
  run: async (context) => {
    const { relay, options, domain } = context
    const facts = await context.facts()
    const known = addressesToAccept(facts)
    const names = [domain, ...facts.inventory.domain.aliasDomains]
    const open = facts.desired.aliases.some(({ address }) => address === `@${domain}`)
    const unknown = open ? [] : names.map((name) => `${UNKNOWN_LOCAL_PART}@${name}`)
    if (options.dryRun === true)
      return {
        outcome: 'planned',
        message: `It will be asked for ${known.length} addresses (RCPT TO), and handed one message to a mailbox that is made for it.`,
      }
    const verdicts = await relay.probe([...known, ...unknown], options)
    const refused = verdicts.filter(
      ({ address, verdict }) => !unknown.includes(address) && verdict !== 'accepted',
    )
    const taken = verdicts.filter(
      ({ address, verdict }) => unknown.includes(address) && verdict === 'accepted',
    )
    if (refused.length > 0) return putBack(context, `The old server refuses ${sentenceOf(refused)}.`)
    if (taken.length > 0)
      return putBack(context, `The old server accepts ${sentenceOf(taken)}, which mailcow does not know.`)
    const record = await probed(context)
    const message = `It accepts all ${known.length} addresses${open ? '' : ', and refuses others'}`
    return record.delivered === undefined
      ? { outcome: 'done', message: `${message}.` }
      : {
          outcome: 'done',
          message: `${message}; a probe message went through it to mailcow.`,
          detail: record,
        }
  },
}

/** Once: what follows are questions only. Of a server that is changed by hand nobody can ask for one more address. */
async function probed(context: CutoverContext): Promise<ProbeRecord> {
  const { relay, domain } = context
  const record = await probeRecord(context)
  if (relay.kind === 'manual' || (record.delivered !== undefined && record.mailbox === undefined))
    return record
  const relist = async (): Promise<void> => {
    const wish = await relayWish(context)
    const payload = { recipients: wish.recipients.length }
    await recorded(context, { system: 'old-server', operation: 'relay', item: domain, payload }, () =>
      relay.makeRelay(wish, {}),
    )
  }
  try {
    return await probeByMessage(context, relist)
  } catch (error) {
    if (error instanceof GateError) return putBack(context, asSentence(error.message))
    throw error
  }
}

/** Better a cut-over that waits than mail that bounces. */
async function putBack(context: CutoverContext, message: string): Promise<never> {
  const { relay, domain, ledger } = context
  if (relay.kind !== 'manual') {
    await recorded(context, { system: 'old-server', operation: 'deliver', item: domain }, () =>
      relay.makeFinal(domain, {}),
    )
    // What was done is undone: nobody may take the old server for a relay.
    await ledger.cutoverSteps.start(domain, 'forward', 'old-relays')
    await ledger.cutoverSteps.keep(domain, 'forward', 'old-accepts', {})
  }
  const now = relay.kind === 'manual' ? 'Correct it by hand' : 'Everything was put back'
  throw new GateError(`${message} ${now}; no message is lost.`, {
    domains: [domain],
    hint: 'Find out why (its log says it), then run mailmove cutover again.',
  })
}

export const queueEmpty: CutoverStep = {
  name: 'queue-empty',
  title: "Nothing for the domain is left in the old server's queue",
  run: async (context) => {
    const { relay, options, domain } = context
    if (options.dryRun === true)
      return { outcome: 'planned', message: 'Its queue will be watched until nothing is left.' }
    const names = [domain, ...(await context.facts()).inventory.domain.aliasDomains]
    const until = Date.now() + (options.queueTimeoutMs ?? DEFAULT_QUEUE_TIMEOUT_MS)
    for (;;) {
      const queued = await relay.queue(names, options)
      if (queued === undefined)
        return {
          outcome: 'unchanged',
          message: 'Nobody told mailmove how to look at its queue; look yourself: postqueue -p',
        }
      if (queued.messages === 0)
        return { outcome: 'done', message: 'Its queue holds nothing for the domain.' }
      const message = `${queued.messages} messages wait in its queue${queued.reasons.length === 0 ? '' : `: ${queued.reasons.slice(0, 3).join('; ')}`}.`
      if (Date.now() >= until) return { outcome: 'waiting', message }
      context.migration.emit({ type: 'notice', stage: 'cutover', domain, message })
      await pause(1000, undefined, options.signal === undefined ? {} : { signal: options.signal })
    }
  },
}

/** What the old server has to know, from what mailcow really has now. */
async function relayWish(context: CutoverContext): Promise<RelayWish> {
  const { migration, domain, options } = context
  const facts = await context.facts()
  const client = await migration.mailcow()
  const { aliasDomains } = facts.inventory.domain
  return asking(options, async (call) => {
    // Who was switched off on the old server is switched off on mailcow at the end.
    const off = new Set(
      facts.inventory.domain.mailboxes.filter(({ active }) => !active).map(({ address }) => address),
    )
    const mailboxes = facts.state.objects.mailboxes.filter(({ address }) => !off.has(address))
    const [aliases, allAliasDomains, resources, ...temporary] = await Promise.all([
      client.aliases.list(undefined, call),
      client.aliasDomains.list(call),
      client.resources.list(call),
      ...mailboxes.map(({ address }) => client.temporaryAliases.list(address, call)),
    ])
    const recipients = relayRecipients({
      domain,
      mailboxes,
      aliases,
      aliasDomains: allAliasDomains.filter(({ target }) => target === domain),
      temporaryAliases: temporary.flat(),
      resources: resources.filter(({ active }) => active).map(({ address }) => address),
      now: migration.now(),
    })
    const mark = context.relay.kind === 'manual' ? [RELAY_MARK + domain] : []
    return { domain, aliasDomains, recipients: [...recipients, ...mark] }
  })
}

/**
 * Of a server whose files we do not see its answers must tell: one address of our list is on no server, so only who works by that list
 * accepts it. A catch-all accepts everything: then the admin has to say it.
 */
async function relaysAlready({ relay, domain, options }: CutoverContext): Promise<boolean> {
  if (options.oldServerDone === true) return true
  const [verdict, nobody] = await relay.probe(
    [RELAY_MARK + domain, `${UNKNOWN_LOCAL_PART}@${domain}`],
    options,
  )
  return verdict?.verdict === 'accepted' && nobody?.verdict !== 'accepted'
}

/** Stands in the list for a server that is changed by hand, and nowhere else. */
const RELAY_MARK = 'mailmove-relay-mark@'
