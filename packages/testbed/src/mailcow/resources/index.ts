import type { Resource } from '../calls.ts'
import { aliases } from './alias.ts'
import { aliasDomains } from './alias-domain.ts'
import { appPasswords } from './app-password.ts'
import { dkim } from './dkim.ts'
import { domains } from './domain.ts'
import { fail2ban } from './fail2ban.ts'
import { filters } from './filter.ts'
import { forwardingHosts } from './forwarding-host.ts'
import { mailboxes } from './mailbox.ts'
import { passwordPolicy } from './password-policy.ts'
import { rateLimits } from './rate-limit.ts'
import { status } from './status.ts'
import { templates } from './template.ts'
import { transports } from './transport.ts'

/** Every route of the double. A new resource is a file of its own and a line here. */
export const resources: readonly Resource[] = [
  templates,
  domains,
  mailboxes,
  aliases,
  aliasDomains,
  transports,
  forwardingHosts,
  appPasswords,
  filters,
  passwordPolicy,
  fail2ban,
  rateLimits,
  dkim,
  status,
]
