import type { DecodeContext } from './api.ts'
import type { Alias } from './alias.ts'
import { defineReply } from './reply.ts'
import { parseServerTime } from './time.ts'
import { flag, ignored, integer, nullableText, text } from './wire.ts'

export const aliasReply = defineReply('alias', {
  required: { id: integer, address: text, goto: text, domain: text, active: flag },
  expected: {
    in_primary_domain: text,
    public_comment: nullableText,
    private_comment: nullableText,
    is_catch_all: flag,
    internal: flag,
    sogo_visible: flag,
    sender_allowed: flag,
    created: nullableText,
    modified: nullableText,
    active_int: ignored,
    sogo_visible_int: ignored,
  },
  sometimes: {},
})

export function decodeAlias(value: unknown, context: DecodeContext): Alias {
  const reply = context.parse(aliasReply, value)
  return {
    id: reply.id,
    address: reply.address,
    domain: reply.domain,
    targets: reply.goto.split(',').filter((target) => target !== ''),
    active: reply.active,
    catchAll: reply.is_catch_all ?? reply.address.startsWith('@'),
    internal: reply.internal ?? false,
    sogoVisible: reply.sogo_visible ?? false,
    senderAllowed: reply.sender_allowed ?? false,
    publicComment: reply.public_comment ?? '',
    privateComment: reply.private_comment ?? '',
    createdAt: parseServerTime(reply.created, context.timeZone),
    modifiedAt: parseServerTime(reply.modified, context.timeZone),
  }
}
