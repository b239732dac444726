import { isset, toList, type JsonRecord } from '../php-values.ts'

const PROTOCOLS = ['imap', 'pop3', 'smtp', 'sieve', 'eas', 'dav'] as const

/** `protocol_access: ["imap", ...]` says what is allowed and, by leaving it out, what is not. */
export function protocolFields(data: JsonRecord): JsonRecord {
  if (!isset(data['protocol_access'])) return {}
  const allowed = toList(data['protocol_access'])
  return Object.fromEntries(PROTOCOLS.map((name) => [`${name}_access`, allowed.includes(name) ? 1 : 0]))
}
