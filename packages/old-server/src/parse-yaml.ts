import { isScalar, isSeq, type Node } from 'yaml'
import { parseAddress, parseDomain } from './address.ts'
import { type Draft, emptyDraft } from './draft.ts'
import { checkQuotaBytes, parseName, parseUsername } from './fields.ts'
import { mailboxSwitches } from './mailbox-switches.ts'
import type { Mailbox, Origin } from './model.ts'
import type { Problems } from './problems.ts'
import { checkScore, parseSender } from './spam.ts'
import { parseTarget } from './target.ts'
import { type Fields, YamlReader } from './yaml-nodes.ts'

const domainKeys = ['domain', 'active', 'mailboxes', 'aliases', 'aliasDomains', 'domainAdmins', 'spam']
const mailboxKeys = [
  'address',
  'name',
  'quotaBytes',
  'active',
  'canReceive',
  'canLogin',
  'ownAddress',
  'spam',
]

/** Reads `domains:` with its mailboxes, aliases, alias domains and admins. */
export function parseYaml(text: string, problems: Problems): Draft {
  const yaml = new YamlReader(text, problems)
  const draft = emptyDraft()
  const root = yaml.fields(yaml.root, 'an inventory', ['domains'])
  if (root === undefined) return draft
  if (!root.values.has('domains')) yaml.missing(root, 'domains')
  for (const node of yaml.list(root.values.get('domains'), 'domains'))
    readDomain(yaml, node, draft, problems.file)
  return draft
}

function readDomain(yaml: YamlReader, node: Node, draft: Draft, file: string): void {
  const fields = yaml.fields(node, 'a domain', domainKeys)
  if (fields === undefined) return
  const domain = required(yaml, fields, 'domain', parseDomain)
  if (domain === undefined) return
  const { values } = fields
  draft.domains.push({
    domain,
    active: yaml.flag(values.get('active'), 'active', true),
    at: yaml.at(values.get('domain')),
  })
  for (const entry of yaml.list(values.get('mailboxes'), 'mailboxes'))
    readMailbox(yaml, entry, domain, draft, file)
  for (const entry of yaml.list(values.get('aliases'), 'aliases')) readAlias(yaml, entry, domain, draft, file)
  for (const entry of yaml.list(values.get('aliasDomains'), 'aliasDomains'))
    readAliasDomain(yaml, entry, domain, draft)
  readSpam(yaml, values.get('spam'), domain, draft)
  for (const entry of yaml.list(values.get('domainAdmins'), 'domainAdmins'))
    readAdmin(yaml, entry, domain, draft)
}

function readMailbox(yaml: YamlReader, node: Node, within: string, draft: Draft, file: string): void {
  const fields = yaml.fields(node, 'a mailbox', mailboxKeys)
  if (fields === undefined) return
  const { values } = fields
  const address = required(yaml, fields, 'address', parseAddress)
  const name = optional(yaml, fields, 'name', parseName)
  const quota = values.get('quotaBytes')
  const quotaBytes = quota === undefined ? undefined : readQuota(yaml, quota)
  const active = yaml.flag(values.get('active'), 'active', true)
  const switches = mailboxSwitches((key) => yaml.flag(values.get(key), key, undefined))
  if (address === undefined) return
  const mailbox: Mailbox = {
    address,
    ...(name === undefined || name === '' ? {} : { name }),
    quotaBytes,
    active,
    ...switches,
    origin: originOf(yaml, node, file),
  }
  draft.mailboxes.push({ mailbox, within, at: yaml.at(values.get('address')) })
  readSpam(yaml, values.get('spam'), address, draft)
}

/** `spam: { junk: 5, reject: 15, allow: [friend@example.net], deny: ["*@example.org"] }` */
function readSpam(yaml: YamlReader, node: Node | undefined, owner: string, draft: Draft): void {
  if (node === undefined) return
  const fields = yaml.fields(node, 'spam', ['junk', 'reject', 'allow', 'deny'])
  if (fields === undefined) return
  const { values } = fields
  const score = (key: 'junk' | 'reject') => {
    const value = values.get(key)
    if (value === undefined) return {}
    const number = isScalar(value) && typeof value.value === 'number' ? value.value : Number.NaN
    const parsed = yaml.parsed(value, checkScore(number))
    return parsed === undefined ? {} : { [key]: parsed }
  }
  const senders = (key: 'allow' | 'deny') =>
    yaml.list(values.get(key), key).flatMap((entry) => yaml.text(entry, 'a sender', parseSender) ?? [])
  draft.spam.push({
    owner,
    spam: { ...score('junk'), ...score('reject'), allow: senders('allow'), deny: senders('deny') },
    at: yaml.at(node),
  })
}

function readQuota(yaml: YamlReader, node: Node): number | null | undefined {
  if (isScalar(node) && node.value === 'unlimited') return null
  if (isScalar(node) && typeof node.value === 'number') return yaml.parsed(node, checkQuotaBytes(node.value))
  return yaml.parsed(node, { problem: 'quotaBytes must be a number of bytes', suggestion: 'or unlimited' })
}

function readAlias(yaml: YamlReader, node: Node, within: string, draft: Draft, file: string): void {
  const fields = yaml.fields(node, 'an alias', ['address', 'targets', 'active'])
  if (fields === undefined) return
  const { values } = fields
  const address = required(yaml, fields, 'address', (text) => parseAddress(text, { catchAll: true }))
  const list = values.get('targets')
  if (list === undefined) yaml.missing(fields, 'targets')
  const entries = yaml.list(list, 'targets')
  if (isSeq(list) && entries.length === 0)
    yaml.parsed(list, {
      problem: 'targets is empty',
      suggestion: 'write [/dev/null] if mail is to be thrown away',
    })
  const targets = entries.flatMap((entry) => yaml.text(entry, 'a target', parseTarget) ?? [])
  const active = yaml.flag(values.get('active'), 'active', true)
  if (address === undefined) return
  const origin = originOf(yaml, node, file)
  draft.addresses.push({
    address: { address, targets, active, origin },
    within,
    at: yaml.at(values.get('address')),
  })
}

/** `example.co.at`, or `{ domain: example.co.at, active: false }`. */
function readAliasDomain(yaml: YamlReader, node: Node, target: string, draft: Draft): void {
  if (isScalar(node)) {
    const aliasDomain = yaml.text(node, 'an alias domain', parseDomain)
    if (aliasDomain !== undefined)
      draft.aliasDomains.push({ aliasDomain, target, active: true, at: yaml.at(node) })
    return
  }
  const fields = yaml.fields(node, 'an alias domain', ['domain', 'active'])
  if (fields === undefined) return
  const aliasDomain = required(yaml, fields, 'domain', parseDomain)
  const active = yaml.flag(fields.values.get('active'), 'active', true)
  if (aliasDomain !== undefined) draft.aliasDomains.push({ aliasDomain, target, active, at: yaml.at(node) })
}

function readAdmin(yaml: YamlReader, node: Node, domain: string, draft: Draft): void {
  const fields = yaml.fields(node, 'a domain admin', ['username', 'name'])
  if (fields === undefined) return
  const username = required(yaml, fields, 'username', parseUsername)
  const name = optional(yaml, fields, 'name', parseName)
  if (username === undefined) return
  const admin = { username, ...(name === undefined || name === '' ? {} : { name }) }
  draft.admins.push({ domain, admin, at: yaml.at(node) })
}

function required<Value>(
  yaml: YamlReader,
  fields: Fields,
  key: string,
  parse: Parameters<typeof yaml.text<Value>>[2],
): Value | undefined {
  const node = fields.values.get(key)
  if (node !== undefined) return yaml.text(node, key, parse)
  yaml.missing(fields, key)
  return undefined
}

function optional<Value>(
  yaml: YamlReader,
  fields: Fields,
  key: string,
  parse: Parameters<typeof yaml.text<Value>>[2],
): Value | undefined {
  const node = fields.values.get(key)
  return node === undefined ? undefined : yaml.text(node, key, parse)
}

function originOf(yaml: YamlReader, node: Node, file: string): Origin {
  return { file, ...yaml.at(node) }
}
