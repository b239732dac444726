import type { DecodeContext } from './api.ts'
import { z } from 'zod'
import { relayHostId } from './domain-reply.ts'
import type { Mailbox } from './mailbox-types.ts'
import { PROTOCOLS, type Protocol } from './protocol.ts'
import { rateLimit } from './rate-limit.ts'
import { defineReply, isRecord } from './reply.ts'
import { fromUnixSeconds, parseServerTime } from './time.ts'
import { quotaFromBytes } from './units.ts'
import { flag, ignored, integer, looseText, nullableText, text } from './wire.ts'

export const mailboxReply = defineReply('mailbox', {
  required: {
    username: text,
    domain: text,
    local_part: text,
    active: integer,
    quota: integer,
    attributes: z.unknown(),
  },
  expected: {
    name: nullableText,
    messages: integer,
    custom_attributes: z.unknown(),
    quota_used: integer,
    percent_in_use: z.unknown(),
    created: nullableText,
    modified: nullableText,
    authsource: text,
    last_imap_login: integer,
    last_smtp_login: integer,
    last_pop3_login: integer,
    last_sso_login: integer,
    active_int: ignored,
    percent_class: ignored,
  },
  // The reduced view lacks these; `tags` also lacks where there are none.
  sometimes: {
    max_new_quota: integer,
    spam_aliases: integer,
    pushover_active: flag,
    rl: rateLimit,
    rl_scope: text,
    is_relayed: flag,
    sender_acl: z.array(text),
    tags: z.array(text),
  },
})

export const mailboxAttributesReply = defineReply('mailbox attributes', {
  required: { force_pw_update: flag },
  expected: {
    force_tfa: flag,
    tls_enforce_in: flag,
    tls_enforce_out: flag,
    sogo_access: flag,
    imap_access: flag,
    pop3_access: flag,
    smtp_access: flag,
    sieve_access: flag,
    eas_access: flag,
    dav_access: flag,
    relayhost: looseText,
    passwd_update: nullableText,
    mailbox_format: ignored,
    quarantine_notification: text,
    quarantine_category: text,
  },
  sometimes: { attribute_hash: ignored, recovery_email: nullableText },
})

/** mailcow answers for a resource (a meeting room) with a mailbox full of nulls: that is none. */
export function decodeMailbox(value: unknown, context: DecodeContext): Mailbox | undefined {
  if (isRecord(value) && value['username'] === null) return undefined
  const reply = context.parse(mailboxReply, value)
  const attributes = context.parse(mailboxAttributesReply, reply.attributes)
  const access: Readonly<Record<Protocol, boolean | undefined>> = {
    imap: attributes.imap_access,
    pop3: attributes.pop3_access,
    smtp: attributes.smtp_access,
    sieve: attributes.sieve_access,
    eas: attributes.eas_access,
    dav: attributes.dav_access,
  }
  return {
    address: reply.username,
    domain: reply.domain,
    localPart: reply.local_part,
    name: reply.name ?? '',
    active: reply.active === 1,
    receiveOnly: reply.active === 2,
    quotaBytes: quotaFromBytes(reply.quota),
    usedBytes: reply.quota_used ?? null,
    messages: reply.messages ?? null,
    forcePasswordUpdate: attributes.force_pw_update,
    passwordChangedAt: parseServerTime(attributes.passwd_update, context.timeZone),
    protocols: PROTOCOLS.filter((protocol) => access[protocol] === true),
    sogoAccess: attributes.sogo_access ?? null,
    forceTwoFactor: attributes.force_tfa ?? null,
    requireTlsIn: attributes.tls_enforce_in ?? null,
    requireTlsOut: attributes.tls_enforce_out ?? null,
    quarantineNotification: attributes.quarantine_notification ?? null,
    quarantineCategory: attributes.quarantine_category ?? null,
    recoveryEmail: attributes.recovery_email ?? null,
    relayHostId: relayHostId(attributes.relayhost),
    authSource: reply.authsource ?? 'mailcow',
    customAttributes: readCustomAttributes(reply.custom_attributes),
    lastLogin: {
      imap: fromUnixSeconds(reply.last_imap_login),
      pop3: fromUnixSeconds(reply.last_pop3_login),
      smtp: fromUnixSeconds(reply.last_smtp_login),
      sso: fromUnixSeconds(reply.last_sso_login),
    },
    tags: reply.tags ?? [],
    maxQuotaBytes: reply.max_new_quota ?? null,
    temporaryAliases: reply.spam_aliases ?? null,
    pushoverActive: reply.pushover_active ?? null,
    rateLimit: reply.rl ?? null,
    rateLimitFrom: readScope(reply.rl_scope),
    isRelayed: reply.is_relayed ?? null,
    senderAcl: reply.sender_acl ?? null,
    createdAt: parseServerTime(reply.created, context.timeZone),
    modifiedAt: parseServerTime(reply.modified, context.timeZone),
  }
}

/** `[]` when there are none, otherwise an object. */
function readCustomAttributes(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) return {}
  return Object.fromEntries(Object.entries(value).map(([name, content]) => [name, String(content)]))
}

function readScope(value: string | undefined): 'domain' | 'mailbox' | null {
  return value === 'domain' || value === 'mailbox' ? value : null
}
