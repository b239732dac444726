import type { Flag } from '../state.ts'

/** What users may do for themselves. */
export const USER_ACL = [
  'spam_alias',
  'tls_policy',
  'spam_score',
  'spam_policy',
  'delimiter_action',
  'syncjobs',
  'eas_reset',
  'sogo_profile_reset',
  'pushover',
  'quarantine',
  'quarantine_attachments',
  'quarantine_notification',
  'quarantine_category',
  'app_passwds',
  'pw_reset',
] as const

/** What domain administrators may do, and whether a new one may. */
export const DOMAIN_ADMIN_ACL: Readonly<Record<string, Flag>> = {
  syncjobs: 1,
  quarantine: 1,
  login_as: 1,
  sogo_access: 1,
  app_passwds: 1,
  bcc_maps: 1,
  pushover: 0,
  filters: 1,
  ratelimit: 1,
  spam_policy: 1,
  extend_sender_acl: 0,
  unlimited_quota: 0,
  protocol_access: 1,
  smtp_ip_access: 1,
  alias_domains: 0,
  mailbox_relayhost: 1,
  domain_relayhost: 1,
  domain_desc: 0,
}

/** All rights of a kind, granted when they are in the list. */
export function aclOf(names: readonly string[], granted: readonly string[]): Record<string, Flag> {
  const acl: Record<string, Flag> = {}
  for (const name of names) acl[name] = granted.includes(name) ? 1 : 0
  return acl
}
