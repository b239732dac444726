import type { WriteCall, WriteRoute } from '../calls.ts'
import {
  findAlias,
  findAliasDomain,
  findDomain,
  hasDomainAccess,
  isAliasOrMailbox,
  isSpamAlias,
} from '../lookup.ts'
import { htmlEscape, intval, isEmail, isEmpty, isset, same, splitList, text, toList } from '../php-values.ts'
import type { JsonValue } from '../php-values.ts'
import { updateRow, type AliasRow } from '../state.ts'
import { specialTarget } from './alias-add.ts'
import { normalise } from './alias-address.ts'

export const editAlias: WriteRoute = {
  log: ['mailbox', 'edit', 'alias'],
  logTail: true,
  items: 'id',
  run: (call) => {
    // An unknown id is reported under the address of the item before it: the variable is still set.
    let address: string | null = null
    for (const item of toList(call.data['id'])) {
      text(item)
      const row = findAlias(call.state, item)
      if (row === undefined || !hasDomainAccess(call.state, row.domain)) {
        call.danger(['alias_invalid', address])
        continue
      }
      address = editOne(call, row)
    }
  },
}

/** The address that the row has, or would have had. */
function editOne(call: WriteCall, row: AliasRow): string {
  const { data } = call
  const wanted = isEmpty(data['address']) ? row.address : text(data['address'])
  const { address, domain } =
    wanted === row.address ? { address: wanted, domain: row.domain } : normalise(wanted)
  if (wanted !== row.address) {
    const refusal = refuseAddress(call, row, address)
    if (refusal !== undefined) {
      call.danger(refusal)
      return address
    }
  }
  const goto = specialTarget(call) ?? readTargets(call, row, address)
  const flag = (name: string, now: number): number => (isset(data[name]) ? intval(data[name]) : now)
  // Without one valid target nothing is written, and the answer is success all the same.
  if (goto !== '') {
    updateRow(
      row,
      {
        address,
        domain,
        goto,
        publicComment: isset(data['public_comment']) ? text(data['public_comment']) : row.publicComment,
        privateComment: isset(data['private_comment']) ? text(data['private_comment']) : row.privateComment,
        sogoVisible: flag('sogo_visible', row.sogoVisible),
        internal: flag('internal', row.internal),
        senderAllowed: flag('sender_allowed', row.senderAllowed),
        active: flag('active', row.active),
      },
      call.now,
    )
  }
  call.success(['alias_modified', htmlEscape(address)])
  return address
}

function refuseAddress(
  { state }: WriteCall,
  row: AliasRow,
  address: string,
): JsonValue[] | string | undefined {
  const { local, domain } = normalise(address)
  if (!hasDomainAccess(state, domain)) return 'access_denied'
  if (!isEmail(address) && local !== '') return ['alias_invalid', address]
  if (!same(row.address, address) && isAliasOrMailbox(state, address)) {
    return ['is_alias_or_mailbox', htmlEscape(address)]
  }
  if (findDomain(state, domain) === undefined && findAliasDomain(state, domain) === undefined) {
    return ['domain_not_found', htmlEscape(domain)]
  }
  if (isSpamAlias(state, address)) return ['is_spam_alias', htmlEscape(address)]
  return undefined
}

/**
 * The targets that stay are checked like new ones. `null@localhost` does not pass as an address, so that changing
 * anything of a discarding alias needs `goto_null: 1` again.
 */
function readTargets(call: WriteCall, row: AliasRow, address: string): string {
  const valid: string[] = []
  for (const goto of splitList(isEmpty(call.data['goto']) ? row.goto : text(call.data['goto']))) {
    if (goto === '') continue
    if (!isEmail(goto)) call.danger(['goto_invalid', goto])
    else if (goto === address) call.danger('alias_goto_identical')
    else valid.push(goto)
  }
  return [...new Set(valid)].join(',')
}
