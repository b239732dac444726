import type { WriteCall, WriteRoute } from '../calls.ts'
import { findAliasDomain, findDomain } from '../lookup.ts'
import { htmlEscape, idnToAscii, intval, isDomainName, isEmpty, isset, text, toList } from '../php-values.ts'
import type { JsonRecord, JsonValue } from '../php-values.ts'
import type { DomainRow } from '../state.ts'
import { addDkim, findDkim } from './dkim.ts'
import { MIB } from './domain-view.ts'
import { domainRateLimit } from './rate-limit.ts'
import { saveTags } from './tags.ts'
import { templateAttributes } from './template.ts'

export const addDomain: WriteRoute = {
  log: ['mailbox', 'add', 'domain'],
  logTail: true,
  run: async (call) => {
    const defaults = templateAttributes(call.state, 'domain', call.data['template'])
    const row = readDomain(call, defaults)
    const refusal = refuse(call, row)
    if (refusal !== undefined) return call.danger(refusal)
    call.state.domains.push(row)
    saveTags(call, row, toList(call.data['tags'] ?? defaults['tags']), 'crash')
    await sideEffects(call, row.domain, defaults)
    call.success(['domain_added', htmlEscape(row.domain)])
  },
}

function readDomain(call: WriteCall, defaults: JsonRecord): DomainRow {
  const { data } = call
  const number = (name: string, standard: JsonValue | undefined): number =>
    isset(data[name]) ? intval(data[name]) : Number(standard)
  const domain = idnToAscii(text(data['domain']).trim())
  const relayUnknownOnly = number('relay_unknown_only', defaults['relay_unknown_only'])
  let relayAllRecipients = number('relay_all_recipients', defaults['relay_all_recipients'])
  let backupmx = number('backupmx', defaults['backupmx'])
  if (relayUnknownOnly === 1) relayAllRecipients = 1
  if (relayAllRecipients === 1) backupmx = 1
  return {
    domain,
    description: isEmpty(data['description']) ? domain : text(data['description']),
    aliases: number('aliases', defaults['max_num_aliases_for_domain']),
    mailboxes: number('mailboxes', defaults['max_num_mboxes_for_domain']),
    defquota: number('defquota', Number(defaults['def_quota_for_mbox']) / MIB),
    maxquota: number('maxquota', Number(defaults['max_quota_for_mbox']) / MIB),
    quota: number('quota', Number(defaults['max_quota_for_domain']) / MIB),
    relayhost: 0,
    backupmx,
    gal: number('gal', defaults['gal']),
    active: number('active', defaults['active']),
    relayAllRecipients,
    relayUnknownOnly,
    tags: [],
    created: call.now,
    modified: null,
  }
}

/** The first rule that is broken, in mailcow's order. */
function refuse(call: WriteCall, row: DomainRow): JsonValue[] | string | undefined {
  if (row.defquota > row.maxquota) return 'mailbox_defquota_exceeds_mailbox_maxquota'
  if (row.maxquota > row.quota) return 'mailbox_quota_exceeds_domain_quota'
  if (row.defquota === 0) return 'defquota_empty'
  if (row.maxquota === 0) return 'maxquota_empty'
  if (!isDomainName(row.domain)) return 'domain_invalid'
  if (
    findDomain(call.state, row.domain) !== undefined ||
    findAliasDomain(call.state, row.domain) !== undefined
  ) {
    return ['domain_exists', htmlEscape(row.domain)]
  }
  return row.domain === call.context.hostname ? 'domain_cannot_match_hostname' : undefined
}

/** Rate limit and DKIM key: their messages come before the domain's own. */
async function sideEffects(call: WriteCall, domain: string, defaults: JsonRecord): Promise<void> {
  const { data } = call
  const rl_value = isset(data['rl_value']) ? intval(data['rl_value']) : (defaults['rl_value'] ?? '')
  const rl_frame = data['rl_frame'] ?? defaults['rl_frame'] ?? ''
  if (!isEmpty(rl_value) && !isEmpty(rl_frame)) {
    const limit = { rl_value, rl_frame, object: domain }
    await domainRateLimit.run(call.nested(domainRateLimit, limit))
  }
  const key_size = isset(data['key_size']) ? intval(data['key_size']) : (defaults['key_size'] ?? 0)
  const dkim_selector = data['dkim_selector'] ?? defaults['dkim_selector'] ?? ''
  await createKey(call, { key_size, dkim_selector, domains: domain })
}

/** Shared with alias domains: a key that is there already is kept. */
export async function createKey(
  call: WriteCall,
  key: { key_size: JsonValue; dkim_selector: JsonValue; domains: string },
): Promise<void> {
  if (isEmpty(key.key_size) || isEmpty(key.dkim_selector)) return
  if (findDkim(call.state, key.domains) !== undefined) call.success('domain_add_dkim_available')
  else await addDkim.run(call.nested(addDkim, key))
}
