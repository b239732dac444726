import {
  aliasDomainNames,
  countAliases,
  findAliasDomain,
  findDomain,
  hasDomainAccess,
  mailboxNames,
  quotaInUse,
  rateLimit,
} from '../lookup.ts'
import type { DoubleContext } from '../calls.ts'
import { byKey, idnToAscii, idnToUtf8, same, type JsonRecord } from '../php-values.ts'

export const MIB = 1048576

/** `get/domain`: undefined where mailcow says false. An alias domain shows its target. */
export async function domainDetails(context: DoubleContext, name: string): Promise<JsonRecord | undefined> {
  const { state } = context
  const asked = idnToAscii(name.trim())
  if (!hasDomainAccess(state, asked)) return undefined
  const row = findDomain(state, findAliasDomain(state, asked)?.targetDomain ?? asked)
  if (row === undefined) return undefined
  const used = quotaInUse(state, row.domain)
  const count = mailboxNames(state, row.domain).length
  const stored = await usageOfDomain(context, row.domain)
  const newQuota = Math.min(row.quota * MIB - used, row.maxquota * MIB)
  const aliasCount = countAliases(state, [row.domain, ...aliasDomainNames(state, row.domain)])
  const administrators = state.domainAdmins
    .filter((admin) => admin.domains.some((own) => same(own, row.domain)))
    .map((admin) => admin.username)
    .join(', ')
  return {
    max_new_mailbox_quota: newQuota,
    def_new_mailbox_quota: Math.min(newQuota, row.defquota * MIB),
    quota_used_in_domain: String(used),
    bytes_total: stored.bytes === 0 ? 0 : String(stored.bytes),
    msgs_total: stored.messages === 0 ? 0 : String(stored.messages),
    mboxes_in_domain: count,
    mboxes_left: row.mailboxes - count,
    domain_name: row.domain,
    domain_h_name: idnToUtf8(row.domain),
    description: row.description,
    max_num_aliases_for_domain: row.aliases,
    max_num_mboxes_for_domain: row.mailboxes,
    def_quota_for_mbox: row.defquota * MIB,
    max_quota_for_mbox: row.maxquota * MIB,
    max_quota_for_domain: row.quota * MIB,
    relayhost: String(row.relayhost),
    backupmx: row.backupmx,
    backupmx_int: row.backupmx,
    gal: row.gal,
    gal_int: row.gal,
    rl: rateLimit(state, row.domain),
    active: row.active,
    active_int: row.active,
    relay_all_recipients: row.relayAllRecipients,
    relay_all_recipients_int: row.relayAllRecipients,
    relay_unknown_only: row.relayUnknownOnly,
    relay_unknown_only_int: row.relayUnknownOnly,
    created: row.created,
    modified: row.modified,
    aliases_in_domain: aliasCount,
    aliases_left: row.aliases - aliasCount,
    domain_admins: administrators === '' ? '-' : administrators,
    ...(row.tags.length === 0 ? {} : { tags: row.tags.toSorted(byKey) }),
  }
}

async function usageOfDomain(
  { state, accounts }: DoubleContext,
  domain: string,
): Promise<{ bytes: number; messages: number }> {
  const rows = state.mailboxes.filter((row) => same(row.domain, domain))
  const usages = await Promise.all(rows.map((row) => accounts.usage(row.username)))
  return {
    bytes: usages.reduce((sum, usage) => sum + usage.bytes, 0),
    messages: usages.reduce((sum, usage) => sum + usage.messages, 0),
  }
}
