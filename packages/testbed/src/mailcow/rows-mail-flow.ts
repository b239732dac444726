import type { JsonRecord } from './php-values.ts'

export type Flag = 0 | 1

export interface DomainRow {
  domain: string
  description: string
  /** Limits: number of aliases and mailboxes. */
  aliases: number
  mailboxes: number
  /** MiB. */
  defquota: number
  maxquota: number
  quota: number
  relayhost: number
  backupmx: number
  gal: number
  active: number
  relayAllRecipients: number
  relayUnknownOnly: number
  tags: string[]
  created: string
  modified: string | null
}

export interface MailboxRow {
  username: string
  localPart: string
  domain: string
  /** Dovecot's form, `{SCHEME}...`. */
  passwordHash: string
  name: string
  /** Bytes; 0 is unlimited, negative is possible. */
  quota: number
  active: number
  /** "" for a mailbox; location, group or thing for a resource. */
  kind: '' | 'location' | 'group' | 'thing'
  multipleBookings: number
  attributes: Record<string, string | null>
  customAttributes: JsonRecord
  authsource: string
  tags: string[]
  created: string
  modified: string | null
}

export interface AliasRow {
  id: number
  address: string
  /** Comma list. Each mailbox has a row of its own whose goto is its address; reading hides those. */
  goto: string
  domain: string
  publicComment: string | null
  privateComment: string | null
  internal: number
  active: number
  sogoVisible: number
  senderAllowed: number
  created: string
  modified: string | null
}

export interface AliasDomainRow {
  aliasDomain: string
  targetDomain: string
  active: number
  created: string
  modified: string | null
}

export interface TransportRow {
  id: number
  destination: string
  nexthop: string
  username: string
  password: string
  isMxBased: number
  active: number
}

export interface ForwardingHostRow {
  host: string
  source: string
  keepSpam: boolean
}
