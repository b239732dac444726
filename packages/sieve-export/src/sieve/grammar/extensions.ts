import { actingExtensions } from './acting-extensions.ts'
import type { ExtensionRule } from './rules.ts'
import { standardExtensions } from './standard-extensions.ts'

const byName: ReadonlyMap<string, ExtensionRule> = new Map(
  [...standardExtensions, ...actingExtensions].map((rule) => [rule.name, rule]),
)

/** What is known of an extension; its name as in `require`, which is case-sensitive (RFC 5228 §6). */
export function extensionRule(name: string): ExtensionRule | undefined {
  return byName.get(name)
}

/** The names of all extensions this package knows, whatever a server offers. */
export const knownExtensions: readonly string[] = [...byName.keys()]

/** What mailcow's Dovecot offers to users, as its ManageSieve server says. */
export const mailcowExtensions: readonly string[] = (
  'fileinto reject envelope encoded-character vacation subaddress comparator-i;ascii-numeric relational regex ' +
  'imap4flags copy include variables body enotify environment mailbox date index ihave duplicate mime ' +
  'foreverypart extracttext vacation-seconds editheader imapflags notify imapsieve vnd.dovecot.imapsieve'
).split(' ')
