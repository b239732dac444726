import { createPublicKey } from 'node:crypto'
import type { InventoryDomain, Mailbox, Verdict } from '@iteg/old-server'
import type { DkimConfig, DomainConfig, QuotasConfig } from '../../config/index.ts'
import type { PlannedAlias, PlannedDkim, PlannedForward } from '../plan-report.ts'
import { domainOf, refusedAddress, storedName } from './address-rules.ts'
import type { DesiredDomain, DesiredMailbox } from './desired.ts'
import { newQuotaBytes, toWholeMiB } from './quota.ts'
import { forwardScript, MAX_REDIRECTS } from './sieve-forward.ts'

/** Where mailcow throws mail away (its `goto_null`). */
export const DISCARD_TARGET = 'null@localhost'

export interface Wishes {
  readonly domain: InventoryDomain
  /** One per address of the domain, from `effectiveRecipients`. */
  readonly verdicts: readonly Verdict[]
  readonly config: DomainConfig
  readonly quotas: QuotasConfig
  /** `[mailhaus.example]:25` */
  readonly nexthop: string
  readonly forwardingHosts: readonly string[]
  /** Addresses whose hand-over mail was sent. */
  readonly announced: ReadonlySet<string>
}

/**
 * The domain as mailcow shall have it. Pure. What cannot be carried over (refused names, loops, dead addresses, pipes)
 * is left out here; the findings name each of them.
 */
export function desireDomain(wishes: Wishes): DesiredDomain {
  const { domain, verdicts, quotas, nexthop, forwardingHosts } = wishes
  const mailboxes = movedMailboxes(domain, wishes.config)
  const moved = new Set(mailboxes.map((mailbox) => mailbox.address))
  return {
    domain: domain.domain,
    description: 'Moved by mailmove',
    forwardingHosts,
    nexthop,
    defaultMailboxQuotaBytes: toWholeMiB(quotas.defaultBytes),
    ...(wishes.config.dkim === undefined ? {} : { dkim: publicDkim(wishes.config.dkim) }),
    mailboxes: mailboxes.map((mailbox) => desireMailbox(mailbox, wishes)),
    aliases: verdicts.flatMap((verdict) => desireAlias(verdict, domain.domain)),
    forwards: verdicts.flatMap((verdict) => (moved.has(verdict.address) ? desireForward(verdict) : [])),
  }
}

/** The public half: plans and reports hold nothing secret. */
function publicDkim({ selector, privateKey }: DkimConfig): PlannedDkim {
  const publicKey = createPublicKey(privateKey.reveal()).export({ type: 'spki', format: 'der' })
  return { selector, publicKey: publicKey.toString('base64') }
}

/** Those that are created and copied: not skipped by the configuration, and with a name that mailcow takes. */
export function movedMailboxes(domain: InventoryDomain, config: DomainConfig): readonly Mailbox[] {
  return domain.mailboxes.filter(
    (mailbox) =>
      config.mailboxes.get(mailbox.address)?.skip !== true && refusedAddress(mailbox.address) === undefined,
  )
}

function desireMailbox(mailbox: Mailbox, wishes: Wishes): DesiredMailbox {
  return {
    address: mailbox.address,
    name: storedName(mailbox.name),
    quotaBytes: plannedQuotaBytes(mailbox, wishes.config, wishes.quotas),
    password: wishes.config.sharedPassword === undefined ? 'own' : 'shared',
    announced: wishes.announced.has(mailbox.address),
  }
}

/** What it would get without the override of the configuration; `undefined` where there is none. */
export function ordinaryQuotaBytes(
  mailbox: Mailbox,
  config: DomainConfig,
  quotas: QuotasConfig,
): number | undefined {
  const override = config.mailboxes.get(mailbox.address)?.quotaBytes
  return override === undefined ? undefined : newQuotaBytes(mailbox.quotaBytes, undefined, quotas)
}

/** What the mailbox gets on mailcow, in bytes. */
export function plannedQuotaBytes(mailbox: Mailbox, config: DomainConfig, quotas: QuotasConfig): number {
  return newQuotaBytes(mailbox.quotaBytes, config.mailboxes.get(mailbox.address)?.quotaBytes, quotas)
}

/** Inactive while the domain is staged: mailcow would expand them for its other customers, and the old server again. */
function desireAlias(verdict: Verdict, domain: string): readonly PlannedAlias[] {
  const { address } = verdict
  // Explicit rows in alias domains are made at cut-over, when mailcow takes the alias domains.
  if (verdict.mailbox || !verdict.active || domainOf(address) !== domain) return []
  if (refusedAddress(address) !== undefined) return []
  const targets = aliasTargets(verdict)
  return targets.length === 0 ? [] : [{ address, targets, active: false, senderAllowed: true }]
}

function aliasTargets(verdict: Verdict): readonly string[] {
  switch (verdict.verdict) {
    case 'alias':
    case 'catch-all':
      return verdict.deliverTo
    case 'discard':
      return [DISCARD_TARGET]
    case 'mailbox':
    case 'mailbox+copy':
    case 'mailbox-forwards-only':
    case 'loop':
    case 'dead':
    case 'unsupported':
      return []
    default:
      return verdict.verdict satisfies never
  }
}

function desireForward(verdict: Verdict): readonly PlannedForward[] {
  const keepCopy = verdict.verdict === 'mailbox+copy'
  if (!keepCopy && verdict.verdict !== 'mailbox-forwards-only') return []
  const targets = verdict.deliverTo
  if (!verdict.active || targets.length === 0 || targets.length > MAX_REDIRECTS) return []
  return [{ mailbox: verdict.address, targets, keepCopy, script: forwardScript(targets, keepCopy) }]
}
