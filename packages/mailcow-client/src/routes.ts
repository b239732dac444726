import { MailcowError } from './errors.ts'

/** Every route that this client can call. */
export const ROUTES = [
  'get/domain',
  'add/domain',
  'edit/domain',
  'delete/domain',
  'get/mailbox',
  'add/mailbox',
  'edit/mailbox',
  'delete/mailbox',
  'get/alias',
  'add/alias',
  'edit/alias',
  'delete/alias',
  'get/transport',
  'add/transport',
  'edit/transport',
  'delete/transport',
  'get/fwdhost',
  'add/fwdhost',
  'edit/fwdhost',
  'delete/fwdhost',
  'get/app-passwd',
  'add/app-passwd',
  'edit/app-passwd',
  'delete/app-passwd',
  'get/filters',
  'add/filter',
  'edit/filter',
  'delete/filter',
  'get/passwordpolicy',
  'edit/passwordpolicy',
  'get/fail2ban',
  'edit/fail2ban',
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
