import type { Resource } from '../calls.ts'
import { addressMaps } from './address-map.ts'
import { aliases } from './alias.ts'
import { aliasDomains } from './alias-domain.ts'
import { appPasswords } from './app-password.ts'
import { dkim } from './dkim.ts'
import { domains } from './domain.ts'
import { domainAdmins } from './domain-admin.ts'
import { domainExtras } from './domain-extras.ts'
import { fail2ban } from './fail2ban.ts'
import { filters } from './filter.ts'
import { forwardingHosts } from './forwarding-host.ts'
import { globalFilters } from './global-filter.ts'
import { logs } from './logs.ts'
import { mailboxAttributes } from './mailbox-attributes.ts'
import { mailboxRename } from './mailbox-rename.ts'
import { mailboxes } from './mailbox.ts'
import { passwordPolicy } from './password-policy.ts'
import { policies } from './policy.ts'
import { pushover } from './pushover.ts'
import { rateLimits } from './rate-limit.ts'
import { relayHosts } from './relay-host.ts'
import { resourceAccounts } from './resource.ts'
import { serverSettings } from './server-settings.ts'
import { spamScore } from './spam-score.ts'
import { status } from './status.ts'
import { syncJobs } from './sync-job.ts'
import { templates } from './template.ts'
import { timeLimitedAliases } from './time-limited-alias.ts'
import { tlsPolicyMaps } from './tls-policy-map.ts'
import { transports } from './transport.ts'

/** Every route of the double. A new resource is a file of its own and a line here. */
export const resources: readonly Resource[] = [
  templates,
  domains,
  domainExtras,
  domainAdmins,
  mailboxes,
  mailboxAttributes,
  mailboxRename,
  aliases,
  aliasDomains,
  timeLimitedAliases,
  appPasswords,
  filters,
  globalFilters,
  policies,
  spamScore,
  syncJobs,
  pushover,
  rateLimits,
  resourceAccounts,
  dkim,
  transports,
  relayHosts,
  forwardingHosts,
  addressMaps,
  tlsPolicyMaps,
  passwordPolicy,
  fail2ban,
  serverSettings,
  logs,
  status,
]
