import { stringify } from 'yaml'
import type { Inventory, InventoryDomain, Mailbox, SpamSettings } from './model.ts'
import { csvColumns, rareCsvColumns } from './parse-csv.ts'
import type { InventoryFormat } from './read-file.ts'
import { printTarget } from './target.ts'

/**
 * Writes an inventory as the file that `parseInventory` reads back to the same one (but for origins and issues, which a file
 * does not hold).
 */
export function printInventory(inventory: Inventory, options: { readonly format: InventoryFormat }): string {
  return options.format === 'yaml' ? printYaml(inventory) : printCsv(inventory)
}

function printYaml(inventory: Inventory): string {
  // Without line folding: a long list of targets stays findable with grep.
  return stringify(
    { domains: inventory.domains.map(yamlDomain) },
    { lineWidth: 0, aliasDuplicateObjects: false },
  )
}

function yamlDomain(domain: InventoryDomain): object {
  const aliasDomains = [
    ...domain.aliasDomains,
    ...domain.inactiveAliasDomains.map((name) => ({ domain: name, active: false })),
  ]
  return {
    domain: domain.domain,
    ...off(domain.active),
    ...unlessEmpty('mailboxes', domain.mailboxes.map(yamlMailbox)),
    ...unlessEmpty(
      'aliases',
      domain.addresses.map((address) => ({
        address: address.address,
        targets: address.targets.map(printTarget),
        ...off(address.active),
      })),
    ),
    ...unlessEmpty('aliasDomains', aliasDomains),
    ...unlessEmpty('domainAdmins', domain.domainAdmins),
    ...(domain.spam === undefined ? {} : { spam: yamlSpam(domain.spam) }),
  }
}

function yamlSpam({ allow, deny, ...scores }: SpamSettings): object {
  return { ...scores, ...unlessEmpty('allow', allow), ...unlessEmpty('deny', deny) }
}

function yamlMailbox({ origin: _origin, quotaBytes, active, spam, ...mailbox }: Mailbox): object {
  const quota = quotaBytes === undefined ? {} : { quotaBytes: quotaBytes ?? 'unlimited' }
  return {
    ...mailbox,
    ...quota,
    ...off(active),
    ...(spam === undefined ? {} : { spam: yamlSpam(spam) }),
  }
}

function off(active: boolean): object {
  return active ? {} : { active }
}

function unlessEmpty(key: string, list: readonly unknown[]): object {
  return list.length === 0 ? {} : { [key]: list }
}

function printCsv(inventory: Inventory): string {
  const mailboxes = inventory.domains.flatMap((domain) => domain.mailboxes)
  const rare = rareCsvColumns.filter((column) => mailboxes.some((mailbox) => mailbox[column] === false))
  const rows: string[][] = [[...csvColumns, ...rare]]
  for (const domain of inventory.domains) {
    rows.push(['domain', domain.domain, '', '', '', String(domain.active)])
    for (const admin of domain.domainAdmins)
      rows.push(['domain-admin', domain.domain, admin.username, admin.name ?? ''])
    for (const mailbox of domain.mailboxes)
      rows.push([
        'mailbox',
        mailbox.address,
        '',
        mailbox.name ?? '',
        mailbox.quotaBytes === undefined ? '' : String(mailbox.quotaBytes ?? 'unlimited'),
        String(mailbox.active),
        ...rare.map((column) => String(mailbox[column] ?? true)),
      ])
    for (const address of domain.addresses)
      rows.push([
        'alias',
        address.address,
        address.targets.map(printTarget).join(' '),
        '',
        '',
        String(address.active),
      ])
    for (const name of domain.aliasDomains) rows.push(['alias-domain', name, domain.domain, '', '', 'true'])
    for (const name of domain.inactiveAliasDomains)
      rows.push(['alias-domain', name, domain.domain, '', '', 'false'])
    rows.push(...spamRows(domain.domain, domain.spam))
    for (const { address, spam } of domain.mailboxes) rows.push(...spamRows(address, spam))
  }
  const width = csvColumns.length + rare.length
  return rows
    .map((row) => `${Array.from({ length: width }, (_, index) => csvField(row[index] ?? '')).join(',')}\n`)
    .join('')
}

function spamRows(owner: string, spam: SpamSettings | undefined): string[][] {
  if (spam === undefined) return []
  const { junk, reject, allow, deny } = spam
  return [
    ...(junk === undefined ? [] : [['spam-junk', owner, String(junk)]]),
    ...(reject === undefined ? [] : [['spam-reject', owner, String(reject)]]),
    ...(allow.length === 0 ? [] : [['spam-allow', owner, allow.join(' ')]]),
    ...(deny.length === 0 ? [] : [['spam-deny', owner, deny.join(' ')]]),
  ]
}

function csvField(text: string): string {
  return /[",;\t\n\r]|^\s|\s$/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
