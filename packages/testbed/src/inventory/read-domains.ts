import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parse as parseCsv } from 'csv-parse/sync'
import { parse as parseYaml } from 'yaml'
import { TestbedError } from '../errors.ts'
import type { HostedAlias, HostedDomain, HostedMailbox } from './hosted-domains.ts'

/**
 * The domains of an inventory file (`.yaml`, `.yml` or `.csv`). This reads just enough to host them; whether the file
 * is right is for the program under test to say.
 */
export async function readDomains(file: string): Promise<HostedDomain[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new TestbedError('usage', `the inventory ${file} cannot be read`, { cause })
  })
  try {
    return path.extname(file) === '.csv' ? fromCsv(text) : domainsFrom(parseYaml(text))
  } catch (cause) {
    throw new TestbedError('usage', `the inventory ${file} cannot be understood: ${String(cause)}`, { cause })
  }
}

/** The domains of an inventory as YAML has it. */
export function domainsFrom(inventory: unknown): HostedDomain[] {
  const domains = new Domains()
  for (const one of list(field(inventory, 'domains'))) {
    const name = field(one, 'domain')
    if (typeof name === 'string') domains.named(name)
    for (const mailbox of list(field(one, 'mailboxes')))
      domains.addMailbox(
        field(mailbox, 'address'),
        field(mailbox, 'quotaBytes'),
        field(mailbox, 'active') !== false,
      )
    for (const alias of list(field(one, 'aliases')))
      domains.addAlias(
        field(alias, 'address'),
        list(field(alias, 'targets')),
        field(alias, 'active') !== false,
      )
    for (const aliasDomain of list(field(one, 'aliasDomains'))) domains.addAliasDomain(aliasDomain, name)
  }
  return domains.all()
}

function fromCsv(text: string): HostedDomain[] {
  const rows: unknown[] = parseCsv(text, { columns: true, skip_empty_lines: true, trim: true, bom: true })
  const domains = new Domains()
  for (const row of rows) {
    const address = field(row, 'address')
    const active = field(row, 'active')
    const on = !(typeof active === 'string' && /^(?:false|no|0)$/i.test(active))
    const written = field(row, 'targets')
    const targets = typeof written === 'string' ? written.split(/\s+/).filter((word) => word !== '') : []
    const kind = field(row, 'kind')
    if (kind === 'mailbox') domains.addMailbox(address, field(row, 'quotaBytes'), on)
    else if (kind === 'alias') domains.addAlias(address, targets, on)
    else if (kind === 'alias-domain') domains.addAliasDomain(address, targets[0])
    else if (kind === 'domain' && typeof address === 'string') domains.named(address)
  }
  return domains.all()
}

interface Draft extends HostedDomain {
  readonly mailboxes: HostedMailbox[]
  readonly aliases: HostedAlias[]
  readonly aliasDomains: string[]
}

/** Domains in the order in which they are first named. */
class Domains {
  readonly #domains = new Map<string, Draft>()

  all(): HostedDomain[] {
    return [...this.#domains.values()]
  }

  named(name: string): Draft {
    const domain = name.toLowerCase()
    const known = this.#domains.get(domain)
    if (known !== undefined) return known
    const draft: Draft = { domain, mailboxes: [], aliases: [], aliasDomains: [] }
    this.#domains.set(domain, draft)
    return draft
  }

  addMailbox(address: unknown, quota: unknown, active: boolean): void {
    if (typeof address !== 'string' || !/^[^@/\s]+@[^@/\s]+$/.test(address))
      throw new Error(`${JSON.stringify(address)} is no address of a mailbox`)
    const bytes = Number(quota ?? 0)
    this.#of(address).mailboxes.push({
      address: address.toLowerCase(),
      active,
      quotaBytes: Number.isSafeInteger(bytes) && bytes > 0 ? bytes : 0,
    })
  }

  /** What Postfix could not read is left out: the file is to be refused by the program under test. */
  addAlias(address: unknown, targets: readonly unknown[], active: boolean): void {
    const words = targets.filter((target) => typeof target === 'string')
    if (typeof address !== 'string' || !/^[^@/\s]*@[^@/\s]+$/.test(address) || words.length === 0) return
    this.#of(address).aliases.push({ address: address.toLowerCase(), targets: words, active })
  }

  addAliasDomain(aliasDomain: unknown, target: unknown): void {
    if (typeof aliasDomain === 'string' && typeof target === 'string')
      this.named(target).aliasDomains.push(aliasDomain.toLowerCase())
  }

  #of(address: string): Draft {
    return this.named(address.slice(address.lastIndexOf('@') + 1))
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
