import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { Resource, WriteRoute } from '../calls.ts'
import { hasDomainAccess } from '../lookup.ts'
import { htmlEscape, intval, isDomainName, isEmpty, isset, splitList, text, toList } from '../php-values.ts'
import type { JsonValue } from '../php-values.ts'
import type { DkimRow, MailcowState } from '../state.ts'

/** OpenSSL makes no RSA keys below this. */
const SMALLEST_KEY = 384
const LARGEST_KEY = 8192

export const addDkim: WriteRoute = {
  log: ['dkim', 'add'],
  run: (call) => {
    const length = intval(call.data['key_size'])
    const selector = isset(call.data['dkim_selector']) ? text(call.data['dkim_selector']) : 'dkim'
    for (const domain of splitList(text(call.data['domains'])).filter((name) => name !== '')) {
      if (!isDomainName(domain) || findDkim(call.state, domain) !== undefined || !isSelector(selector)) {
        call.danger(['dkim_domain_or_sel_invalid', domain])
      } else if (!hasDomainAccess(call.state, domain)) {
        call.danger(['access_denied', domain])
      } else if (length < SMALLEST_KEY || length > LARGEST_KEY) {
        call.danger(['dkim_domain_or_sel_invalid', domain])
      } else {
        call.state.dkim.push({ domain, selector, length, privateKey: null })
        call.success(['dkim_added', domain])
      }
    }
  },
}

const duplicateDkim: WriteRoute = {
  log: ['dkim', 'duplicate'],
  run: (call) => {
    const from = text(call.data['from_domain'])
    const row = findDkim(call.state, from)
    if (row === undefined) return call.danger(['dkim_domain_or_sel_invalid', from])
    const privateKey = privateKeyOf(row)
    for (const item of toList(call.data['to_domain']).filter((value) => !isEmpty(value))) {
      const domain = text(item)
      call.state.dkim = call.state.dkim.filter((other) => other.domain !== domain)
      call.state.dkim.push({ ...row, domain, privateKey })
      call.success(['dkim_duplicated', from, domain])
    }
  },
}

const importDkim: WriteRoute = {
  log: ['dkim', 'import'],
  run: (call) => {
    const pem = text(call.data['private_key_file']).trim().replaceAll(/\r\n?/g, '\n')
    const selector = isset(call.data['dkim_selector']) ? text(call.data['dkim_selector']) : 'dkim'
    const domain = text(call.data['domain'])
    const length = rsaLength(pem)
    if (length === undefined) {
      return call.danger(['private_key_error', 'error:1E08010C:DECODER routines::unsupported'])
    }
    if (!isDomainName(domain)) return call.danger(['dkim_domain_or_sel_invalid', domain])
    if (findDkim(call.state, domain) !== undefined && intval(call.data['overwrite_existing']) === 0) {
      return call.danger(['dkim_domain_or_sel_exists', domain])
    }
    if (!isSelector(selector)) return call.danger(['dkim_domain_or_sel_invalid', domain])
    call.nested(deleteDkim, { domains: domain }).success(['dkim_removed', htmlEscape(domain)])
    call.state.dkim = call.state.dkim.filter((row) => row.domain !== domain)
    call.state.dkim.push({ domain, selector, length, privateKey: pem })
    call.success(['dkim_added', domain])
  },
}

const deleteDkim: WriteRoute = {
  log: ['dkim', 'delete'],
  items: 'domains',
  run: (call) => {
    for (const item of toList(call.data['domains'])) {
      const domain = text(item)
      if (!isDomainName(domain)) {
        call.danger(['dkim_domain_or_sel_invalid', domain])
        continue
      }
      call.state.dkim = call.state.dkim.filter((row) => row.domain !== domain)
      call.success(['dkim_removed', htmlEscape(domain)])
    }
  },
}

export const dkim: Resource = {
  get: { dkim: ({ state, object = '' }) => details(state, object) },
  add: { dkim: addDkim, dkim_duplicate: duplicateDkim, dkim_import: importDkim },
  delete: { dkim: deleteDkim },
}

export function findDkim(state: MailcowState, domain: string): DkimRow | undefined {
  return state.dkim.find((row) => row.domain === domain)
}

function details(state: MailcowState, domain: string): JsonValue {
  const row = findDkim(state, domain)
  if (row === undefined) return null
  const der = createPublicKey(privateKeyOf(row)).export({ type: 'spki', format: 'der' })
  const pubkey = der.toString('base64')
  return {
    pubkey,
    length: lengthOf(pubkey),
    dkim_txt: `v=DKIM1;k=rsa;t=s;s=email;p=${pubkey}`,
    dkim_selector: row.selector,
    privkey: '',
  }
}

/** mailcow guesses the length from how long the public key's text is. */
function lengthOf(pubkey: string): string {
  if (pubkey.length < 391) return '1024'
  if (pubkey.length < 564) return '2048'
  if (pubkey.length < 736) return '3072'
  return pubkey.length < 1416 ? '4096' : '>= 8192'
}

function privateKeyOf(row: DkimRow): string {
  row.privateKey ??= generateKeyPairSync('rsa', { modulusLength: row.length })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString()
  return row.privateKey
}

function rsaLength(pem: string): number | undefined {
  try {
    return createPrivateKey(pem).asymmetricKeyDetails?.modulusLength
  } catch {
    return undefined
  }
}

function isSelector(selector: string): boolean {
  return /^[a-z\d]+$/i.test(selector.replaceAll(/[-_.]/g, ''))
}
