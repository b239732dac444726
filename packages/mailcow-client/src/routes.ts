import { MailcowError } from './errors.ts'

/** Every route that this client can call. */
export const ROUTES = [
  'get/domain',
  'add/domain',
  'edit/domain',
  'delete/domain',
  'delete/domain/tag',
  'edit/domain/footer',
  'search/domain',

  'get/domain/template',
  'add/domain/template',
  'edit/domain/template',
  'delete/domain/template',

  'get/alias-domain',
  'add/alias-domain',
  'edit/alias-domain',
  'delete/alias-domain',

  'get/mailbox',
  'add/mailbox',
  'edit/mailbox',
  'delete/mailbox',
  'delete/mailbox/tag',
  'search/mailbox',

  'get/mailbox/template',
  'add/mailbox/template',
  'edit/mailbox/template',
  'delete/mailbox/template',

  'edit/mailbox/custom-attribute',
  'edit/user-acl',
  'edit/rename-mbox',
  'edit/pushover',
  'edit/quarantine_notification',
  'edit/tls_policy',
  'edit/delimiter_action',
  'delete/eas_cache',
  'delete/sogo_profile',

  'get/alias',
  'add/alias',
  'edit/alias',
  'delete/alias',

  'get/time_limited_aliases',
  'add/time_limited_alias',
  'delete/time_limited_alias',

  'get/app-passwd',
  'add/app-passwd',
  'edit/app-passwd',
  'delete/app-passwd',

  'get/filters',
  'add/filter',
  'edit/filter',
  'delete/filter',
  'get/active-user-sieve',
  'get/global_filters',
  'add/global-filter',
  'get/presets',

  'get/policy_wl_domain',
  'get/policy_bl_domain',
  'get/policy_wl_mailbox',
  'get/policy_bl_mailbox',
  'add/domain-policy',
  'add/mailbox-policy',
  'delete/domain-policy',
  'delete/mailbox-policy',

  'get/spam-score',
  'edit/spam-score',

  'get/syncjobs',
  'add/syncjob',
  'edit/syncjob',
  'delete/syncjob',

  'get/dkim',
  'add/dkim',
  'add/dkim_duplicate',
  'add/dkim_import',
  'delete/dkim',

  'get/domain-admin',
  'add/domain-admin',
  'edit/domain-admin',
  'delete/domain-admin',
  'edit/da-acl',
  'add/sso/domain-admin',
  'get/admin',

  'get/transport',
  'add/transport',
  'edit/transport',
  'delete/transport',

  'get/relayhost',
  'add/relayhost',
  'edit/relayhost',
  'delete/relayhost',

  'get/fwdhost',
  'add/fwdhost',
  'edit/fwdhost',
  'delete/fwdhost',

  'get/bcc',
  'add/bcc',
  'edit/bcc',
  'delete/bcc',
  'get/bcc-destination-options',

  'get/recipient_map',
  'add/recipient_map',
  'edit/recipient_map',
  'delete/recipient_map',

  'get/tls-policy-map',
  'add/tls-policy-map',
  'edit/tls-policy-map',
  'delete/tls-policy-map',

  'get/rl-domain',
  'get/rl-mbox',
  'edit/rl-domain',
  'edit/rl-mbox',

  'get/resource',
  'add/resource',
  'edit/resource',
  'delete/resource',

  'get/oauth2-client',
  'add/oauth2-client',
  'edit/oauth2-client',
  'delete/oauth2-client',

  'get/quarantine',
  'get/mailq',
  'edit/mailq',
  'delete/mailq',

  'get/passwordpolicy',
  'edit/passwordpolicy',

  'get/fail2ban',
  'edit/fail2ban',

  'get/logs',
  'get/last-login',

  'edit/quota_notification',
  'edit/quota_notification_bcc',

  'get/identity-provider',
  'edit/cors',
  'get/rsetting',
  'get/rspamd',
  'add/mta-sts',

  'get/status/version',
  'get/status/containers',
  'get/status/vmail',
  'get/status/host',
] as const

export type Route = (typeof ROUTES)[number]

/** A route, or all of one kind. */
export type RoutePattern = Route | 'get/*' | 'add/*' | 'edit/*' | 'delete/*' | 'search/*'

/** Throws `route_not_allowed` before anything is sent. */
export function assertAllowed(route: Route, allow: readonly RoutePattern[] | undefined): void {
  if (allow === undefined) return
  const kind = `${route.split('/')[0] ?? ''}/*`
  if (allow.some((pattern) => pattern === route || pattern === kind)) return
  throw new MailcowError('route_not_allowed', `${route} is not on this client's list of allowed routes`, {
    route,
  })
}
