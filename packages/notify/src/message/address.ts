import { NoticeUsageError } from '../errors.ts'
import { cleanLine } from '../markdown/clean.ts'
import type { MailAddress } from './options.ts'

const longestName = 200
// RFC 5321 §4.5.3.1: 64 octets before the @, 255 behind it. Quoted local parts do not occur on either server.
const plainAddress = /^[^\s\p{Cc}<>()[\]\\,;:"@]{1,64}@[^\s\p{Cc}<>()[\]\\,;:"@]{1,255}$/u

/** `"ITEG <admin@iteg.example>"`, an address alone, or the parts, as a checked address and a name of one line. */
export function parseMailAddress(
  value: string | MailAddress,
  what: string,
): { address: string; name: string } {
  const { address, name = '' } = typeof value === 'string' ? split(value) : value
  const bare = address.trim()
  if (!plainAddress.test(bare))
    throw new NoticeUsageError(`${what}: ${cleanLine(address, 60)} is no mail address`)
  return { address: bare, name: cleanLine(name.trim(), longestName) }
}

function split(value: string): MailAddress {
  const [, name = '', address] = /^(.*?)<([^<>]*)>\s*$/su.exec(value) ?? []
  if (address === undefined) return { address: value }
  return {
    address,
    name: name
      .trim()
      .replace(/^"(.*)"$/su, '$1')
      .replaceAll(/\\(.)/gu, '$1'),
  }
}
