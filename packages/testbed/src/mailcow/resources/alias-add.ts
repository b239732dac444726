import type { WriteCall, WriteRoute } from '../calls.ts'
import {
  countAliases,
  aliasDomainNames,
  findAccount,
  findAliasDomain,
  findDomain,
  isAliasOrMailbox,
  isSpamAlias,
} from '../lookup.ts'
import { PhpCrash, htmlEscape, intval, isEmail, isset, splitList, text } from '../php-values.ts'
import { nextId } from '../state.ts'
import { normalise } from './alias-address.ts'

const MAX_COMMENT_BYTES = 160
const MAX_ADDRESS = 255

export const addAlias: WriteRoute = {
  log: ['mailbox', 'add', 'alias'],
  logTail: true,
  run: (call) => {
    const { data } = call
    const addresses = splitList(text(data['address']))
    const gotos = splitList(text(data['goto']))
    for (const name of ['private_comment', 'public_comment']) {
      if (Buffer.byteLength(text(data[name])) > MAX_COMMENT_BYTES) return call.danger('comment_too_long')
    }
    if (addresses[0] === '') return call.danger('alias_empty')
    const special = specialTarget(call)
    if (gotos[0] === '' && special === undefined) return call.danger('goto_empty')
    const targets = special === undefined ? validTargets(call, gotos) : gotos
    if (targets.length === 0) return
    for (const address of addresses) {
      // An address that is its own target is passed over without a word.
      if (address === '' || targets.includes(address)) continue
      if (!addOne(call, address, special ?? targets.join(','))) return
    }
  },
}

/** Discard, or learn as spam or ham. */
export function specialTarget({ data }: WriteCall): string | undefined {
  if (intval(data['goto_null']) === 1) return 'null@localhost'
  if (intval(data['goto_spam']) === 1) return 'spam@localhost'
  return intval(data['goto_ham']) === 1 ? 'ham@localhost' : undefined
}

/** Whether the target exists is not asked; a resource is none. */
function validTargets(call: WriteCall, gotos: readonly string[]): string[] {
  const valid: string[] = []
  for (const goto of gotos.filter((entry) => entry !== '')) {
    const { address } = normalise(goto)
    const account = findAccount(call.state, address)
    if (isEmail(address) && (account === undefined || account.kind === '')) valid.push(address)
    else call.danger(['goto_invalid', htmlEscape(address)])
  }
  return [...new Set(valid)]
}

/** False when the domain's limit ends the whole call. */
function addOne(call: WriteCall, given: string, goto: string): boolean {
  const { data, state } = call
  const { address, local, domain } = normalise(given)
  if (aliasesLeft(call, domain) === 0) {
    call.danger('max_alias_exceeded')
    return false
  }
  if (isAliasOrMailbox(state, address)) {
    call.danger(['is_alias_or_mailbox', htmlEscape(address)])
    return true
  }
  if (findDomain(state, domain) === undefined && findAliasDomain(state, domain) === undefined) {
    call.danger(['domain_not_found', htmlEscape(domain)])
    return true
  }
  if (isSpamAlias(state, address)) {
    call.danger(['is_spam_alias', htmlEscape(address)])
    return true
  }
  if (!isEmail(address) && local !== '') {
    call.danger(['alias_invalid', address])
    return true
  }
  if (address.length > MAX_ADDRESS) throw new PhpCrash('PDOException: Data too long for column address')
  const id = nextId(state, 'alias')
  state.aliases.push({
    id,
    address,
    goto,
    domain,
    publicComment: isset(data['public_comment']) ? text(data['public_comment']) : null,
    privateComment: isset(data['private_comment']) ? text(data['private_comment']) : null,
    internal: intval(data['internal']),
    active: intval(data['active']),
    sogoVisible: intval(data['sogo_visible']),
    senderAllowed: intval(data['sender_allowed']),
    created: call.now,
    modified: null,
  })
  // SQL gives the id back as a string.
  call.success(['alias_added', address, String(id)])
  return true
}

/** Undefined where there is no such domain. */
function aliasesLeft({ state }: WriteCall, domain: string): number | undefined {
  const row = findDomain(state, findAliasDomain(state, domain)?.targetDomain ?? domain)
  if (row === undefined) return undefined
  return row.aliases - countAliases(state, [row.domain, ...aliasDomainNames(state, row.domain)])
}
