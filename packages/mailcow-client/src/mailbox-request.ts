import { usageError } from './errors.ts'
import type { MailboxChanges, MailboxSettings } from './mailbox-types.ts'
import { passwordToWire } from './password.ts'
import { checkTags, flagToWire, optionalFlag, withoutAbsent } from './request.ts'
import { quotaToMib } from './units.ts'

export function newMailboxToWire(settings: MailboxSettings): Record<string, unknown> {
  return {
    local_part: settings.localPart,
    authsource: settings.authSource ?? 'mailcow',
    ...mailboxChangesToWire(settings),
    ...withoutAbsent({
      tls_enforce_in: optionalFlag(settings.requireTlsIn),
      tls_enforce_out: optionalFlag(settings.requireTlsOut),
      tags: checkTags(settings.tags),
      acl: settings.permissions,
    }),
  }
}

export function mailboxChangesToWire(changes: MailboxChanges): Record<string, unknown> {
  const { quotaBytes, relayHostId } = changes
  const password = passwordToWire(changes)
  return withoutAbsent({
    name: checkName(changes.name),
    password,
    password2: password,
    quota: quotaBytes === undefined ? undefined : quotaToMib(quotaBytes, 'quotaBytes'),
    active: activeToWire(changes),
    force_pw_update: optionalFlag(changes.forcePasswordUpdate),
    protocol_access: changes.protocols,
    sogo_access: optionalFlag(changes.sogoAccess),
    relayhost: relayHostId === undefined ? undefined : (relayHostId ?? 0),
    sender_acl: changes.senderAcl,
    tags: checkTags(changes.addTags),
    pw_recovery_email: changes.recoveryEmail,
    authsource: changes.authSource,
  })
}

function activeToWire(changes: MailboxChanges): 0 | 1 | 2 | undefined {
  if (changes.receiveOnly === true) {
    if (changes.active === true) throw usageError('a mailbox cannot be active and receive only')
    return 2
  }
  return changes.active === undefined ? undefined : flagToWire(changes.active)
}

/** What of the wishes can be read back: not the password, not what only adds. */
export function comparableMailbox(changes: MailboxChanges & { tags?: readonly string[] }): object {
  const { name, quotaBytes, active, receiveOnly, forcePasswordUpdate, protocols, sogoAccess } = changes
  return {
    name: name === undefined ? undefined : storedName(name),
    quotaBytes,
    active: receiveOnly === true ? false : active,
    receiveOnly,
    forcePasswordUpdate,
    protocols,
    sogoAccess,
    relayHostId: changes.relayHostId,
    senderAcl: changes.senderAcl,
    tags: changes.tags,
  }
}

/** Longer names crash mailcow. */
function checkName(name: string | undefined): string | undefined {
  if (name !== undefined && Array.from(name).length > 255)
    throw usageError('a name has at most 255 characters')
  return name
}

/** mailcow strips `<` at the start and `>` at the end of a name. */
function storedName(name: string): string {
  return name.replace(/^<+/, '').replace(/>+$/, '')
}
