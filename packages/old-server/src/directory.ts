import { splitAddress } from './address.ts'
import { compareText } from './canonical.ts'
import type { Address, Inventory, InventoryDomain, Mailbox, Origin } from './model.ts'
import { printTarget, type Target } from './target.ts'
import type { PathStep } from './verdict.ts'

/** What one lookup gives: the row that fits and where it leads, the targets sorted and with the tag where they take one. */
interface Lookup {
  readonly by: PathStep['by']
  readonly targets: readonly Target[]
  readonly origin: Origin
}

/**
 * An inventory as the old server looks things up: rows that are switched off do not exist, the most specific key wins
 * (virtual(5): `user+tag@domain`, `user@domain`, `@domain`).
 */
export interface Directory {
  /** The next expansion of an address, or nothing when it is final. */
  lookUp(address: string): Lookup | undefined
  /** What a final address is. */
  whatIs(address: string): WhatIs
  /** The mailbox of an address, `+tag` or not, whether it is switched on or off. */
  mailboxOf(address: string): Mailbox | undefined
}

type WhatIs =
  | { readonly kind: 'mailbox'; readonly mailbox: string }
  | { readonly kind: 'external' | 'no-such-address' | 'inactive' }

export interface DirectoryOptions {
  readonly recipientDelimiter: string | null
  readonly myOrigin: string | undefined
}

interface Tables {
  readonly rows: ReadonlyMap<string, Address>
  readonly mailboxes: ReadonlyMap<string, Mailbox>
  /** Alias domain to domain. */
  readonly aliasDomains: ReadonlyMap<string, InventoryDomain>
  readonly domains: ReadonlyMap<string, InventoryDomain>
  /** Known, but switched off. */
  readonly inactiveDomains: ReadonlySet<string>
}

/** Asks what happens to mail for `subject`: its own row, mailbox and domain count as switched on, so that something can be said of them. */
export type DirectoryOf = (subject: string) => Directory

/** Indexes an inventory once for many subjects. */
export function indexInventory(inventory: Inventory, options: DirectoryOptions): DirectoryOf {
  const tables: Tables = {
    rows: new Map(
      inventory.domains.flatMap((domain) => domain.addresses.map((row) => [row.address, row] as const)),
    ),
    mailboxes: new Map(
      inventory.domains.flatMap((domain) => domain.mailboxes.map((box) => [box.address, box] as const)),
    ),
    aliasDomains: new Map(
      inventory.domains.flatMap((domain) => domain.aliasDomains.map((name) => [name, domain] as const)),
    ),
    domains: new Map(inventory.domains.map((domain) => [domain.domain, domain] as const)),
    inactiveDomains: new Set(inventory.domains.flatMap((domain) => domain.inactiveAliasDomains)),
  }
  return (subject) => new SubjectDirectory(tables, options, subject)
}

class SubjectDirectory implements Directory {
  readonly #tables: Tables
  readonly #options: DirectoryOptions
  readonly #subject: string
  readonly #subjectDomain: string

  constructor(tables: Tables, options: DirectoryOptions, subject: string) {
    this.#tables = tables
    this.#options = options
    this.#subject = subject
    this.#subjectDomain = splitAddress(subject).domain
  }

  lookUp(address: string): Lookup | undefined {
    const { localPart, domain } = splitAddress(address)
    const home = this.#tables.domains.get(domain) ?? this.#tables.aliasDomains.get(domain)
    if (home === undefined || !this.#isActive(home)) return undefined
    const exact = this.#row(address)
    if (exact !== undefined) return this.#lookup('row', exact, localPart, '')
    // The catch-all itself: there is nothing behind it to look up.
    if (localPart === '' || this.#keepsItsAddress(address)) return undefined
    const tag = this.#tagOf(localPart)
    if (tag !== '') {
      const untagged = `${localPart.slice(0, -tag.length)}@${domain}`
      const row = this.#row(untagged)
      if (row !== undefined) return this.#lookup('tagged-row', row, localPart, tag)
      if (this.#keepsItsAddress(untagged)) return undefined
    }
    const catchAll = this.#row(`@${domain}`)
    if (catchAll !== undefined) return this.#lookup('catch-all', catchAll, localPart, '')
    const target = this.#tables.aliasDomains.get(domain)
    if (target === undefined) return undefined
    const targets: Target[] = [{ kind: 'mailbox', address: `${localPart}@${target.domain}` }]
    return { by: 'alias-domain', targets, origin: target.origin }
  }

  whatIs(address: string): WhatIs {
    const { domain } = splitAddress(address)
    if (this.#tables.inactiveDomains.has(domain)) return { kind: 'inactive' }
    const hosted = this.#tables.domains.get(domain)
    if (hosted === undefined)
      return { kind: this.#tables.aliasDomains.has(domain) ? 'no-such-address' : 'external' }
    if (!this.#isActive(hosted)) return { kind: 'inactive' }
    const mailbox = this.mailboxOf(address)
    if (mailbox === undefined)
      return { kind: this.#tables.rows.has(address) ? 'inactive' : 'no-such-address' }
    return this.#receives(mailbox) ? { kind: 'mailbox', mailbox: mailbox.address } : { kind: 'inactive' }
  }

  mailboxOf(address: string): Mailbox | undefined {
    const exact = this.#tables.mailboxes.get(address)
    if (exact !== undefined) return exact
    const { localPart, domain } = splitAddress(address)
    const tag = this.#tagOf(localPart)
    return tag === '' ? undefined : this.#tables.mailboxes.get(`${localPart.slice(0, -tag.length)}@${domain}`)
  }

  #isActive(domain: InventoryDomain): boolean {
    return (
      domain.active ||
      domain.domain === this.#subjectDomain ||
      domain.aliasDomains.includes(this.#subjectDomain)
    )
  }

  /** A switched-off row of the subject only counts when nothing else is there that could be switched on. */
  #row(address: string): Address | undefined {
    const row = this.#tables.rows.get(address)
    if (row === undefined || row.active) return row
    return address === this.#subject && this.#tables.mailboxes.get(address)?.active !== true ? row : undefined
  }

  #keepsItsAddress(address: string): boolean {
    const mailbox = this.#tables.mailboxes.get(address)
    return mailbox !== undefined && mailbox.ownAddress !== false && this.#receives(mailbox)
  }

  #receives(mailbox: Mailbox): boolean {
    return mailbox.canReceive !== false && (mailbox.active || mailbox.address === this.#subject)
  }

  /** With its delimiter; empty when there is none. A delimiter at the beginning separates nothing (Postfix: split_addr). */
  #tagOf(localPart: string): string {
    const { recipientDelimiter } = this.#options
    if (recipientDelimiter === null || recipientDelimiter === '') return ''
    const at = localPart.indexOf(recipientDelimiter)
    return at < 1 ? '' : localPart.slice(at)
  }

  #lookup(by: PathStep['by'], row: Address, localPart: string, tag: string): Lookup {
    const targets = row.targets
      .map((target) => this.#resolve(target, localPart, tag))
      .toSorted((a, b) => compareText(printTarget(a), printTarget(b)))
    return { by, targets, origin: row.origin }
  }

  /** Postfix hands an unmatched tag on to every target, and `@domain` takes the whole local part. */
  #resolve(target: Target, localPart: string, tag: string): Target {
    if (target.kind === 'domain' && localPart !== '')
      return { kind: 'external', address: `${localPart}@${target.domain}` }
    if (target.kind === 'unqualified' && this.#options.myOrigin !== undefined)
      return { kind: 'external', address: `${target.name}${tag}@${this.#options.myOrigin}` }
    if (tag === '' || (target.kind !== 'mailbox' && target.kind !== 'external')) return target
    const { localPart: name, domain } = splitAddress(target.address)
    return { kind: target.kind, address: `${name}${tag}@${domain}` }
  }
}
