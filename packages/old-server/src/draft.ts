import { splitAddress } from './address.ts'
import { canonicalInventory } from './canonical.ts'
import type {
  Address,
  DomainAdmin,
  Inventory,
  InventoryDomain,
  Mailbox,
  Origin,
  SpamSettings,
} from './model.ts'
import { mergeSpam } from './spam.ts'
import type { Position, Problems } from './problems.ts'
import { suggestName } from './suggest.ts'

/** The rows of a file, each checked by itself, not yet against the others. `at`: where to point when it clashes with another one. */
export interface Draft {
  readonly domains: { readonly domain: string; readonly active: boolean; readonly at: Position }[]
  /** `within`: the domain that the file lists it under, where the format does that. */
  readonly mailboxes: { readonly mailbox: Mailbox; readonly within?: string; readonly at: Position }[]
  readonly addresses: { readonly address: Address; readonly within?: string; readonly at: Position }[]
  readonly aliasDomains: {
    readonly aliasDomain: string
    readonly target: string
    readonly active: boolean
    readonly at: Position
  }[]
  /** Of a mailbox or a domain. */
  readonly spam: { readonly owner: string; readonly spam: SpamSettings; readonly at: Position }[]
  readonly admins: { readonly domain: string; readonly admin: DomainAdmin; readonly at: Position }[]
}

export function emptyDraft(): Draft {
  return { domains: [], mailboxes: [], addresses: [], aliasDomains: [], spam: [], admins: [] }
}

interface OpenDomain {
  readonly domain: string
  readonly active: boolean
  readonly origin: Origin
  readonly mailboxes: Mailbox[]
  readonly addresses: Address[]
  readonly aliasDomains: string[]
  readonly inactiveAliasDomains: string[]
  readonly domainAdmins: DomainAdmin[]
  spam?: SpamSettings
}

/**
 * Puts the rows together. A row that contradicts another one is a problem, never a silent choice: in a file that somebody
 * wrote, the second entry of an address is a mistake whose right half nobody can guess.
 */
export function assemble(draft: Draft, problems: Problems): Inventory {
  const domains = new Map<string, OpenDomain>()
  const open = (domain: string, active: boolean, at: Position): OpenDomain => {
    const entry: OpenDomain = {
      domain,
      active,
      origin: { file: problems.file, line: at.line, column: at.column },
      mailboxes: [],
      addresses: [],
      aliasDomains: [],
      inactiveAliasDomains: [],
      domainAdmins: [],
    }
    domains.set(domain, entry)
    return entry
  }
  const seen = new FirstSeen(problems)
  for (const { domain, active, at } of draft.domains)
    if (seen.isNew(`domain ${domain}`, at)) open(domain, active, at)
  const aliasDomains = new Map<string, string>()
  for (const { aliasDomain, target, at } of draft.aliasDomains)
    if (seen.isNew(`alias domain ${aliasDomain}`, at)) aliasDomains.set(aliasDomain, target)

  for (const { mailbox, within, at } of draft.mailboxes) {
    const { domain } = splitAddress(mailbox.address)
    const target = aliasDomains.get(domain)
    if (target !== undefined)
      problems.add(at, `${mailbox.address} is in the alias domain ${domain}`, `mailboxes belong to ${target}`)
    else if (within !== undefined && domain !== within)
      problems.add(at, ...notWithin(mailbox.address, within, domain))
    else if (seen.isNew(`mailbox ${mailbox.address}`, at))
      (domains.get(domain) ?? open(domain, true, at)).mailboxes.push(mailbox)
  }
  for (const { address, within, at } of draft.addresses) {
    const { domain } = splitAddress(address.address)
    const home = aliasDomains.get(domain) ?? domain
    if (within !== undefined && home !== within) problems.add(at, ...notWithin(address.address, within, home))
    else if (seen.isNew(`alias ${address.address}`, at))
      (domains.get(home) ?? open(home, true, at)).addresses.push(address)
  }
  for (const { aliasDomain, target, active, at } of draft.aliasDomains) {
    const home = domains.get(target)
    if (domains.has(aliasDomain))
      problems.add(at, `${aliasDomain} is listed as a domain and as an alias domain`, 'keep one of the two')
    else if (aliasDomains.has(target))
      problems.add(
        at,
        `${aliasDomain} leads to ${target}, which is an alias domain itself`,
        `let it lead to ${aliasDomains.get(target) ?? target}`,
      )
    else if (home === undefined) problems.add(at, ...unknownDomain(target, domains))
    else (active ? home.aliasDomains : home.inactiveAliasDomains).push(aliasDomain)
  }
  for (const { domain, admin, at } of draft.admins) {
    const home = domains.get(domain)
    if (home === undefined) problems.add(at, ...unknownDomain(domain, domains))
    else if (seen.isNew(`domain admin ${admin.username} of ${domain}`, at)) home.domainAdmins.push(admin)
  }
  for (const { owner, spam, at } of draft.spam) addSpam(domains, owner, spam, at, problems)
  problems.throwIfAny()
  return canonicalInventory([...domains.values()] satisfies InventoryDomain[], [])
}

/** Several rows of one owner add up; two that name the same threshold contradict each other. */
function addSpam(
  domains: ReadonlyMap<string, OpenDomain>,
  owner: string,
  spam: SpamSettings,
  at: Position,
  problems: Problems,
): void {
  const name = owner.includes('@') ? splitAddress(owner).domain : owner
  const home = domains.get(name)
  if (home === undefined) {
    problems.add(at, ...unknownDomain(name, domains))
    return
  }
  const index = home.mailboxes.findIndex(({ address }) => address === owner)
  const mailbox = home.mailboxes[index]
  if (owner.includes('@') && mailbox === undefined) {
    problems.add(at, `the file has no mailbox ${owner}`)
    return
  }
  const known = mailbox === undefined ? home.spam : mailbox.spam
  for (const field of ['junk', 'reject'] as const)
    if (known?.[field] !== undefined && spam[field] !== undefined)
      problems.add(at, `${owner} has a spam score already`, 'keep one of the two')
  const merged = mergeSpam(known, spam)
  if (merged === undefined) return
  if (mailbox === undefined) home.spam = merged
  else home.mailboxes[index] = { ...mailbox, spam: merged }
}

function notWithin(address: string, within: string, home: string): [message: string, suggestion: string] {
  const { localPart, domain } = splitAddress(address)
  const isTypo = suggestName(domain, [within]) !== undefined
  return [
    `${address} is not in the domain ${within}`,
    isTypo ? `did you mean ${localPart}@${within}?` : `list it under ${home}`,
  ]
}

function unknownDomain(
  domain: string,
  domains: ReadonlyMap<string, unknown>,
): [message: string, suggestion?: string] {
  const nearest = suggestName(domain, [...domains.keys()])
  const message = `nothing else in the file is in the domain ${domain}`
  return nearest === undefined ? [message] : [message, `did you mean ${nearest}?`]
}

/** Remembers where something first stood, and complains about its second time. */
class FirstSeen {
  readonly #problems: Problems
  readonly #lines = new Map<string, number>()

  constructor(problems: Problems) {
    this.#problems = problems
  }

  isNew(what: string, at: Position): boolean {
    const line = this.#lines.get(what)
    if (line === undefined) this.#lines.set(what, at.line)
    else this.#problems.add(at, `${what} is already in line ${line}`, 'put both into one entry')
    return line === undefined
  }
}
