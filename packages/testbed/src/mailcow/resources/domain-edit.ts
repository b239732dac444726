import type { WriteCall, WriteRoute } from '../calls.ts'
import { syncDomain } from '../account-sync.ts'
import {
  countAliases,
  findAliasDomain,
  findDomain,
  hasDomainAccess,
  mailboxNames,
  quotaInUse,
} from '../lookup.ts'
import {
  htmlEscape,
  idnToAscii,
  intval,
  isDomainName,
  isEmpty,
  isset,
  same,
  text,
  toList,
} from '../php-values.ts'
import type { JsonValue } from '../php-values.ts'
import { updateRow, type DomainRow } from '../state.ts'
import { MIB } from './domain-view.ts'
import { saveTags } from './tags.ts'

export const editDomain: WriteRoute = {
  log: ['mailbox', 'edit', 'domain'],
  logTail: true,
  items: 'domain',
  run: async (call) => {
    for (const item of toList(call.data['domain'])) await editOne(call, idnToAscii(text(item)))
  },
}

async function editOne(call: WriteCall, domain: string): Promise<void> {
  const { state } = call
  if (!isDomainName(domain) || !hasDomainAccess(state, domain)) return call.danger('domain_invalid')
  // An alias domain reads as its target, but the UPDATE names the alias domain and so changes nothing.
  const row = findDomain(state, domain)
  const known = row ?? findDomain(state, findAliasDomain(state, domain)?.targetDomain ?? '')
  if (known === undefined) return call.danger('domain_invalid')
  const changes = readChanges(call, known)
  const refusal = refuse(call, domain, { ...known, ...changes })
  if (refusal !== undefined) return call.danger(refusal)
  if (row !== undefined) {
    updateRow(row, changes, call.now)
    await syncDomain(call.context, row.domain)
    saveTags(call, row, Array.isArray(call.data['tags']) ? call.data['tags'] : [], 'crash')
  }
  call.success(['domain_modified', htmlEscape(domain)])
}

function readChanges({ data }: WriteCall, row: DomainRow): Partial<DomainRow> {
  const flag = (name: string, now: number): number => (isset(data[name]) ? intval(data[name]) : now)
  /** Zero and "" mean unchanged here. */
  const amount = (name: string, now: number): number => (isEmpty(data[name]) ? now : Number(text(data[name])))
  /** Zero counts here, "" does not. */
  const count = (name: string, now: number): number =>
    isset(data[name]) && data[name] !== '' ? intval(data[name]) : now
  const relayUnknownOnly = flag('relay_unknown_only', row.relayUnknownOnly)
  let relayAllRecipients = flag('relay_all_recipients', row.relayAllRecipients)
  let backupmx = flag('backupmx', row.backupmx)
  // The trap: with relay_all_recipients still 1, `backupmx: 0` is taken back and the answer is success all the same.
  if (relayUnknownOnly === 1) relayAllRecipients = 1
  if (relayAllRecipients === 1) backupmx = 1
  return {
    active: flag('active', row.active),
    gal: flag('gal', row.gal),
    relayhost: flag('relayhost', row.relayhost),
    backupmx,
    relayAllRecipients,
    relayUnknownOnly,
    aliases: amount('aliases', row.aliases),
    mailboxes: count('mailboxes', row.mailboxes),
    defquota: count('defquota', row.defquota),
    maxquota: amount('maxquota', row.maxquota),
    quota: amount('quota', row.quota),
    description: isEmpty(data['description']) ? row.description : text(data['description']),
  }
}

function refuse(call: WriteCall, domain: string, wanted: DomainRow): JsonValue[] | string | undefined {
  const { state } = call
  const largest = Math.max(
    0,
    ...state.mailboxes
      .filter((row) => row.kind === '' && same(row.domain, domain))
      .map((row) => Math.round(row.quota / MIB)),
  )
  const inUse = Math.round(quotaInUse(state, domain) / MIB)
  const mailboxes = mailboxNames(state, domain).length
  const aliases = countAliases(state, [domain])
  if (wanted.defquota > wanted.maxquota) return 'mailbox_defquota_exceeds_mailbox_maxquota'
  if (wanted.defquota === 0) return 'defquota_empty'
  if (wanted.maxquota > wanted.quota) return 'mailbox_quota_exceeds_domain_quota'
  if (wanted.maxquota === 0) return 'maxquota_empty'
  // Sums come back from SQL as strings, counts as numbers.
  if (largest > wanted.maxquota) return ['max_quota_in_use', String(largest)]
  if (inUse > wanted.quota) return ['domain_quota_m_in_use', String(inUse)]
  if (mailboxes > wanted.mailboxes) return ['mailboxes_in_use', mailboxes]
  return aliases > wanted.aliases ? ['aliases_in_use', aliases] : undefined
}
