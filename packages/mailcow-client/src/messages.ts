/** One entry of mailcow's answer to a write, without its `log` (which can hold passwords in clear). */
export interface MailcowMessage {
  readonly type: 'success' | 'danger' | 'warning' | 'info' | 'error'
  /** mailcow's key, e.g. `object_exists`; a whole sentence where mailcow sends one. At most 300 characters. */
  readonly key: string
  /** What the key is about: names, limits. HTML entities are decoded, each is at most 300 characters. */
  readonly args: readonly (string | number | null)[]
  /** An English sentence for people. */
  readonly text: string
}

type Args = readonly (string | number | null)[]
type Describe = (args: Args) => string

function first(args: readonly (string | number | null)[]): string {
  return named(args[0])
}

function named(value: string | number | null | undefined): string {
  return value === null || value === undefined || value === '' ? '(no name given)' : String(value)
}

function mib(value: string | number | null | undefined): string {
  return `${value ?? '?'} MiB`
}

/** mailcow's keys in English. Arguments in MiB are mailcow's own unit in messages. */
const SENTENCES: Readonly<Record<string, Describe>> = {
  access_denied: (args) =>
    args.length > 0
      ? `${first(args)} does not exist, or the key may not touch it`
      : 'the object does not exist, or the key may not touch it (mailcow says the same for both)',
  acl_saved: (args) => `the permissions of ${first(args)} were saved`,
  alias_added: (args) => `the alias ${first(args)} was added`,
  alias_domain_invalid: (args) =>
    `${first(args)} cannot be an alias domain: it is a domain or an alias domain already, or not a valid name`,
  alias_domain_removed: (args) => `the alias domain ${first(args)} was removed`,
  alias_empty: () => 'the alias has no address',
  alias_goto_identical: () => 'the alias would deliver to itself',
  alias_invalid: (args) => `the alias ${first(args)} does not exist or its address is not valid`,
  alias_modified: (args) => `the alias ${first(args)} was changed`,
  alias_removed: (args) => `the alias ${first(args)} was removed`,
  aliasd_added: (args) => `the alias domain ${first(args)} was added`,
  aliasd_modified: (args) => `the alias domain ${first(args)} was changed`,
  aliasd_targetd_identical: (args) => `the alias domain ${first(args)} would point to itself`,
  aliases_in_use: (args) => `the domain has ${first(args)} aliases already: the limit cannot be lower`,
  app_name_empty: () => 'the app password has no name',
  app_passwd_added: () => 'the app password was added',
  app_passwd_id_invalid: (args) =>
    `there is no app password ${args.length > 0 ? first(args) : 'with this id'}`,
  app_passwd_removed: (args) => `the app password ${first(args)} was removed`,
  bcc_deleted: (args) => `the BCC map ${first(args)} was removed`,
  bcc_edited: (args) => `the BCC map to ${first(args)} was changed`,
  bcc_exists: (args) => `there is a BCC map for ${first(args)} (${named(args[1])}) already`,
  bcc_must_be_email: (args) => `${first(args)} is not an e-mail address`,
  bcc_saved: () => 'the BCC map was saved',
  comment_too_long: () => 'the comment is too long: mailcow takes 160 characters',
  cors_headers_edited: () => 'the CORS settings were saved',
  defquota_empty: () => 'the default quota of new mailboxes must not be 0',
  delete_filter: (args) => `the filter ${first(args)} was removed`,
  deleted_syncjob: (args) => `the sync job ${first(args)} was removed`,
  dkim_added: (args) => `a DKIM key for ${first(args)} was made`,
  dkim_domain_or_sel_exists: (args) => `${first(args)} has a DKIM key already`,
  dkim_domain_or_sel_invalid: (args) =>
    `no DKIM key was made for ${first(args)}: it has one already, or selector or key size are not valid`,
  dkim_duplicated: (args) => `the DKIM key of ${first(args)} was copied to ${named(args[1])}`,
  dkim_removed: (args) => `the DKIM key of ${first(args)} was removed`,
  domain_added: (args) => `the domain ${first(args)} was added`,
  domain_admin_added: (args) => `the domain admin ${first(args)} was added`,
  domain_admin_modified: (args) => `the domain admin ${first(args)} was changed`,
  domain_admin_removed: (args) => `the domain admin ${first(args)} was removed`,
  domain_cannot_match_hostname: () => "the domain must not be mailcow's own host name",
  domain_exists: (args) => `the domain ${first(args)} exists already, as a domain or as an alias domain`,
  domain_footer_modified: (args) => `the footer of ${first(args)} was changed`,
  domain_invalid: (args) =>
    args.length > 0
      ? `the domain ${first(args)} does not exist or its name is not valid`
      : 'the domain does not exist or its name is not valid',
  domain_modified: (args) => `the domain ${first(args)} was changed`,
  domain_not_empty: (args) => `the domain ${first(args)} still has mailboxes`,
  domain_not_found: (args) => `there is no domain ${first(args)}`,
  domain_quota_m_in_use: (args) =>
    `the mailboxes of the domain use ${mib(args[0])} of quota: its limit cannot be lower`,
  domain_removed: (args) => `the domain ${first(args)} was removed (mailcow says so for unknown domains too)`,
  dovecot_restart_success: () => 'Dovecot was restarted',
  eas_reset: (args) => `the ActiveSync cache of ${first(args)} was reset`,
  f2b_modified: () => 'the fail2ban settings were saved',
  filter_type: () => 'the filter type must be prefilter or postfilter',
  forwarding_host_added: (args) => `the forwarding host ${first(args)} was added`,
  forwarding_host_removed: (args) => `the forwarding host ${first(args)} was removed`,
  global_filter_written: () => 'the global filter was saved',
  goto_empty: () => 'the alias has no target',
  goto_invalid: (args) => `${first(args)} cannot be the target of an alias`,
  invalid_bcc_map_type: () => 'the BCC map must be of type sender or rcpt',
  invalid_host: (args) => `${first(args)} is not a host that mailcow can find`,
  invalid_nexthop: () => 'the next hop is not valid',
  invalid_nexthop_authenticated: () =>
    'destination or next hop are missing, or there is a transport to this next hop with other credentials already',
  is_alias: (args) => `${first(args)} is an alias already`,
  is_alias_or_mailbox: (args) => `${first(args)} is an alias or a mailbox already`,
  is_spam_alias: (args) => `${first(args)} is a temporary alias already`,
  item_deleted: (args) => `the entry ${first(args)} was removed`,
  items_deleted: (args) => `the entries ${first(args)} were removed`,
  mailbox_added: (args) => `the mailbox ${first(args)} was added`,
  mailbox_defquota_exceeds_mailbox_maxquota: () =>
    'the default quota of new mailboxes exceeds the largest quota that the domain allows',
  mailbox_invalid: () =>
    'the local part of the address is not valid (mailcow takes ASCII, at most 64 characters)',
  mailbox_modified: (args) => `the mailbox ${first(args)} was changed`,
  mailbox_quota_exceeded: (args) =>
    `the mailbox would exceed the largest quota that its domain allows: ${mib(args[0])}`,
  mailbox_quota_exceeds_domain_quota: () => 'the largest quota of a mailbox exceeds the quota of the domain',
  mailbox_quota_left_exceeded: (args) => `the mailbox would exceed the domain's quota: ${mib(args[0])} left`,
  mailbox_removed: (args) => `the mailbox ${first(args)} was removed`,
  mailbox_renamed: (args) => `the mailbox ${first(args)} was renamed to ${named(args[1])}`,
  mailboxes_in_use: (args) => `the domain has ${first(args)} mailboxes already: the limit cannot be lower`,
  max_alias_exceeded: () => 'the domain has as many aliases as it may have',
  max_mailbox_exceeded: (args) =>
    `the domain has ${first(args)} mailboxes and may have ${named(args[1])}: raise its limit first`,
  max_quota_in_use: (args) =>
    `a mailbox of the domain has a quota of ${mib(args[0])}: the largest quota cannot be lower`,
  no_user_defined: () => 'no mailbox was named',
  object_doesnt_exist: (args) => `${first(args)} does not exist`,
  object_exists: (args) => `${first(args)} exists already`,
  object_modified: (args) => (args[0] === '' ? 'the object was changed' : `${first(args)} was changed`),
  password_complexity: () => "the password does not meet mailcow's password policy, or was not repeated",
  password_empty: () => 'the password is empty',
  password_mismatch: () => 'the password and its repetition differ',
  password_policy_saved: () => 'the password policy was saved',
  policy_list_from_exists: () => 'the entry is on one of the lists already',
  policy_list_from_invalid: () => 'the sender is not valid',
  pushover_settings_edited: () => 'the Pushover settings were saved',
  quarantine_category_invalid: () => 'the quarantine category is not valid',
  quarantine_notification_invalid: () => 'the quarantine notification is not valid',
  queue_command_success: () => 'the command was handed to the mail queue',
  recipient_map_entry_deleted: (args) => `the recipient map ${first(args)} was removed`,
  recipient_map_entry_exists: (args) => `there is a recipient map for ${first(args)} already`,
  recipient_map_entry_saved: (args) => `the recipient map for ${first(args)} was saved`,
  relayhost_added: (args) => (args[0] === '' ? 'the host was added' : `the host ${first(args)} was added`),
  relayhost_removed: (args) =>
    `the host ${first(args)} was removed (mailcow says so for unknown relay hosts too)`,
  resource_added: (args) => `the resource ${first(args)} was added`,
  resource_invalid: () => 'the kind of the resource must be location, group or thing',
  resource_modified: (args) => `the resource ${first(args)} was changed`,
  resource_removed: (args) => `the resource ${first(args)} was removed`,
  rl_saved: (args) => `the rate limit of ${first(args)} was saved`,
  rl_timeframe: () => 'the time frame of a rate limit must be s, m, h or d',
  saved_settings: () => 'the settings were saved',
  script_empty: () => 'the script is empty',
  sender_acl_invalid: (args) => `${first(args)} cannot be allowed as a sender`,
  sieve_error: (args) => `mailcow does not take the Sieve script: ${first(args)}`,
  sogo_profile_reset: (args) => `the SOGo profile of ${first(args)} was reset`,
  tag_limit_exceeded: (args) => `there are too many tags (${first(args)}): some were left out`,
  targetd_not_found: (args) => `there is no target domain ${first(args)}`,
  targetd_relay_domain: (args) =>
    `${first(args)} is a relay domain: an alias domain can only point to a domain that is final on mailcow`,
  tls_policy_map_entry_deleted: (args) => `the TLS policy ${first(args)} was removed`,
  tls_policy_map_entry_exists: (args) => `there is a TLS policy for ${first(args)} already`,
  tls_policy_map_entry_saved: (args) => `the TLS policy for ${first(args)} was saved`,
  transport_dest_exists: (args) => `there is a transport for ${first(args)} already`,
  username_invalid: (args) => `${first(args)} is not a valid user name`,
  validity_missing: () => 'the period of validity is missing',
  value_missing: () => 'a required value is missing',
  bcc_empty: () => 'the BCC map has no address to send copies to',
  cors_invalid_method: () => 'a method of the CORS settings is not valid',
  cors_invalid_origin: () => 'an origin of the CORS settings is not valid',
  description_invalid: () => 'the description is not valid',
  domain_add_dkim_available: (args) => `${first(args)} had a DKIM key already: it is kept`,
  invalid_destination: () => 'the destination is not valid',
  invalid_filter_type: () => 'the filter type must be prefilter or postfilter',
  invalid_recipient_map_new: (args) => `${first(args)} cannot be the target of a recipient map`,
  invalid_recipient_map_old: (args) => `${first(args)} cannot be the address of a recipient map`,
  max_age_invalid: () => 'the age of the MTA-STS policy must be between 1 second and a year',
  mode_invalid: () => 'the mode of the MTA-STS policy is not valid',
  mx_invalid: (args) => `${first(args)} is not the name of a mail server`,
  network_host_invalid: (args) => `${first(args)} is not an address or a network`,
  private_key_error: (args) => `mailcow cannot read the private key: ${first(args)}`,
  pushover_key: () => 'the Pushover key is not valid',
  pushover_token: () => 'the Pushover token is not valid',
  relayhost_invalid: (args) => `there is no relay host ${first(args)}`,
  target_domain_invalid: () => 'the target domain is not valid',
  template_added: (args) => `the template ${first(args)} was added`,
  template_exists: (args) => `there is a template ${first(args)} already`,
  template_id_invalid: (args) => `there is no template ${first(args)}`,
  template_modified: (args) => `the template ${first(args)} was changed`,
  template_name_invalid: () => 'the name of the template is not valid',
  template_removed: (args) => `the template ${first(args)} was removed (mailcow says so for others too)`,
  version_invalid: () => 'the version of the MTA-STS policy is not valid',
}

/** Messages that mailcow sends as a sentence instead of a key. */
const PREFIXES: readonly (readonly [prefix: string, describe: (rest: string) => string])[] = [
  ['bad option ', (rest) => `the sync job's option ${rest} is not allowed`],
  ['bad character ', (rest) => `the sync job's options hold a character that is not allowed: ${rest}`],
  ['Invalid spam score', () => 'the spam score must be two numbers: the low and the high one'],
  ['Cannot determine current ACL', () => 'the permissions that are set now could not be found'],
  ['email invalid', () => 'an e-mail address is not valid'],
  ['Added client access', () => 'the OAuth2 client was added'],
  ['An unknown error occured', () => 'an earlier call crashed inside mailcow (a session was kept)'],
]

/** True when this version of the client has a sentence for the key. */
export function isKnownMessage(key: string): boolean {
  return Object.hasOwn(SENTENCES, key) || PREFIXES.some(([prefix]) => key.startsWith(prefix))
}

/** The English sentence for a key and its arguments; for unknown keys mailcow's own words. */
export function describeMessage(key: string, args: readonly (string | number | null)[]): string {
  if (Object.hasOwn(SENTENCES, key)) {
    const describe = SENTENCES[key]
    if (describe) return describe(args)
  }
  for (const [prefix, describe] of PREFIXES) {
    if (key.startsWith(prefix)) return describe(key.slice(prefix.length))
  }
  const rest = args.filter((arg) => arg !== null && arg !== '')
  return `mailcow says ${key}${rest.length > 0 ? `: ${rest.join(', ')}` : ''}`
}
