import type { DecodeContext } from './api.ts'
import { z } from 'zod'
import type { Domain } from './domain.ts'
import { displayDomain } from './names.ts'
import { rateLimit } from './rate-limit.ts'
import { defineReply } from './reply.ts'
import { parseServerTime } from './time.ts'
import { flag, ignored, integer, looseText, nullableText, text } from './wire.ts'

export const domainReply = defineReply('domain', {
  required: {
    domain_name: text,
    active: flag,
    backupmx: flag,
    relay_all_recipients: flag,
    relay_unknown_only: flag,
    max_num_aliases_for_domain: integer,
    max_num_mboxes_for_domain: integer,
    def_quota_for_mbox: integer,
    max_quota_for_mbox: integer,
    max_quota_for_domain: integer,
    quota_used_in_domain: integer,
    mboxes_in_domain: integer,
  },
  expected: {
    domain_h_name: text,
    description: nullableText,
    gal: flag,
    mboxes_left: integer,
    aliases_in_domain: integer,
    aliases_left: integer,
    max_new_mailbox_quota: integer,
    def_new_mailbox_quota: integer,
    bytes_total: integer,
    msgs_total: integer,
    relayhost: looseText,
    rl: rateLimit,
    domain_admins: text,
    created: nullableText,
    modified: nullableText,
    active_int: ignored,
    backupmx_int: ignored,
    gal_int: ignored,
    relay_all_recipients_int: ignored,
    relay_unknown_only_int: ignored,
  },
  sometimes: { tags: z.array(text) },
})

export function decodeDomain(value: unknown, context: DecodeContext): Domain {
  const reply = context.parse(domainReply, value)
  const maxAliases = reply.max_num_aliases_for_domain
  const aliases = reply.aliases_in_domain ?? 0
  return {
    domain: reply.domain_name,
    displayName: reply.domain_h_name ?? displayDomain(reply.domain_name),
    description: reply.description ?? '',
    active: reply.active,
    backupMx: reply.backupmx,
    relayAllRecipients: reply.relay_all_recipients,
    relayUnknownOnly: reply.relay_unknown_only,
    globalAddressList: reply.gal ?? true,
    maxAliases,
    maxMailboxes: reply.max_num_mboxes_for_domain,
    defaultMailboxQuotaBytes: reply.def_quota_for_mbox,
    maxMailboxQuotaBytes: reply.max_quota_for_mbox,
    quotaBytes: reply.max_quota_for_domain,
    quotaAssignedBytes: reply.quota_used_in_domain,
    storedBytes: reply.bytes_total ?? null,
    storedMessages: reply.msgs_total ?? null,
    mailboxes: reply.mboxes_in_domain,
    mailboxesLeft: reply.mboxes_left ?? reply.max_num_mboxes_for_domain - reply.mboxes_in_domain,
    aliases,
    aliasesLeft: reply.aliases_left ?? maxAliases - aliases,
    maxNewMailboxQuotaBytes: reply.max_new_mailbox_quota ?? null,
    relayHostId: relayHostId(reply.relayhost),
    rateLimit: reply.rl ?? null,
    tags: reply.tags ?? [],
    domainAdmins: readAdmins(reply.domain_admins ?? '-'),
    createdAt: parseServerTime(reply.created, context.timeZone),
    modifiedAt: parseServerTime(reply.modified, context.timeZone),
  }
}

/** "0" and nothing both mean: none. */
export function relayHostId(value: string | undefined): number | null {
  const id = Number(value ?? '0')
  return Number.isSafeInteger(id) && id > 0 ? id : null
}

/** "-" means: none. */
function readAdmins(value: string): string[] {
  return value === '-' ? [] : value.split(/[\s,]+/).filter((name) => name !== '')
}
