import { parseDomain, shorten, splitAddress } from '../address.ts'
import type { Address, DomainAdmin, Mailbox, Origin } from '../model.ts'
import type { Issues } from './issues.ts'
import type { Tables } from './tables.ts'

/** A domain to be filled. */
interface OpenDomain {
  readonly domain: string
  readonly active: boolean
  readonly origin: Origin
  readonly mailboxes: Mailbox[]
  readonly addresses: Address[]
  readonly aliasDomains: string[]
  readonly inactiveAliasDomains: string[]
  readonly domainAdmins: DomainAdmin[]
}

export interface HostedDomains {
  readonly domains: ReadonlyMap<string, OpenDomain>
  /** The domain that an address in `domain` belongs to: itself, or what it is an alias of. */
  readonly homeOf: (domain: string) => string | undefined
}

/** Superadmins have this one in old databases; it is no domain. */
const allDomains = 'ALL'

/**
 * Which domains are hosted, and which of them only stand for another one: PostfixAdmin keeps a row in `domain` for alias domains
 * too. `backupmx` is hosted elsewhere.
 */
export function hostedDomains(tables: Tables, issues: Issues): HostedDomains {
  const hosted = new Map<string, boolean>()
  for (const row of tables.domains) {
    if (row.backupmx || row.domain === allDomains) continue
    const name = parseDomain(row.domain)
    if ('problem' in name) issues.unreadable(shorten(row.domain), 'domain', row.domain, name.problem)
    else hosted.set(name.value, row.active || hosted.get(name.value) === true)
  }
  const aliases = aliasDomains(tables, hosted, issues)
  const domains = new Map<string, OpenDomain>()
  for (const [domain, active] of hosted)
    if (!aliases.has(domain))
      domains.set(domain, {
        domain,
        active,
        origin: { file: 'postfixadmin.domain' },
        mailboxes: [],
        addresses: [],
        aliasDomains: [],
        inactiveAliasDomains: [],
        domainAdmins: [],
      })
  for (const [aliasDomain, { target, active }] of aliases) {
    const home = domains.get(target)
    if (active) home?.aliasDomains.push(aliasDomain)
    else home?.inactiveAliasDomains.push(aliasDomain)
  }
  return {
    domains,
    homeOf: (domain) => (domains.has(domain) ? domain : aliases.get(domain)?.target),
  }
}

interface AliasDomain {
  readonly target: string
  readonly active: boolean
}

/** The alias domains that can be taken over as such; a doubtful one stays an ordinary domain, so that nothing of it is lost. */
function aliasDomains(
  tables: Tables,
  hosted: ReadonlyMap<string, boolean>,
  issues: Issues,
): ReadonlyMap<string, AliasDomain> {
  const listed = new Map<string, AliasDomain>()
  for (const row of tables.aliasDomains) {
    const name = parseDomain(row.aliasDomain)
    const target = parseDomain(row.targetDomain)
    if ('problem' in name || 'problem' in target) {
      const problem = 'problem' in name ? name.problem : 'problem' in target ? target.problem : ''
      const where = 'value' in name ? name.value : shorten(row.aliasDomain)
      issues.unreadable(where, 'alias_domain', row.aliasDomain, problem)
    } else
      listed.set(name.value, { target: target.value, active: row.active && hosted.get(name.value) !== false })
  }
  const withMailboxes = new Set(
    tables.mailboxes.flatMap((row) => {
      const domain = parseDomain(splitAddress(row.username).domain)
      return 'value' in domain ? [domain.value] : []
    }),
  )
  const good = new Map<string, AliasDomain>()
  for (const [name, alias] of listed) {
    const problem = doubt(name, alias, { hosted, listed, withMailboxes })
    if (problem === undefined) good.set(name, alias)
    else
      issues.aliasDomain(
        name,
        name,
        problem,
        'Settle in PostfixAdmin which of the two it is; until then it counts as a domain of its own.',
      )
  }
  return good
}

function doubt(
  name: string,
  { target }: AliasDomain,
  known: {
    readonly hosted: ReadonlyMap<string, boolean>
    readonly listed: ReadonlyMap<string, AliasDomain>
    readonly withMailboxes: ReadonlySet<string>
  },
): string | undefined {
  if (known.withMailboxes.has(name)) return 'it has mailboxes of its own'
  if (name === target) return 'it leads to itself'
  if (known.listed.has(target)) return `it leads to ${target}, which is an alias domain itself`
  return known.hosted.has(target) ? undefined : `it leads to ${target}, which the old server does not host`
}
