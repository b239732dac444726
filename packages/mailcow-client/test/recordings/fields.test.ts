import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { aliasDomainReply } from '../../src/alias-domain.ts'
import { aliasReply } from '../../src/alias-reply.ts'
import { appPasswordReply } from '../../src/app-password.ts'
import { bccMapReply } from '../../src/bcc-map.ts'
import { dkimReply } from '../../src/dkim.ts'
import { adminReply, domainAdminReply } from '../../src/domain-admin.ts'
import { domainReply } from '../../src/domain-reply.ts'
import { fail2banReply } from '../../src/fail2ban.ts'
import { filterReply } from '../../src/filter.ts'
import { forwardingHostReply } from '../../src/forwarding-host.ts'
import { globalFiltersReply, sievePresetReply } from '../../src/global-filter.ts'
import { lastLoginReply, loggedLoginReply } from '../../src/last-login.ts'
import { mailboxAttributesReply, mailboxReply } from '../../src/mailbox-reply.ts'
import { passwordPolicyReply } from '../../src/password-policy.ts'
import { policyReply } from '../../src/policy.ts'
import { rateLimitReply } from '../../src/rate-limits.ts'
import { recipientMapReply } from '../../src/recipient-map.ts'
import { relayHostReply } from '../../src/relay-host.ts'
import { isRecord, knownFields, parseReply, type Reply } from '../../src/reply.ts'
import { resourceReply } from '../../src/resource.ts'
import { spamScoreReply } from '../../src/spam-score.ts'
import { containerReply, hostReply, versionReply, vmailReply } from '../../src/status.ts'
import { syncJobReply } from '../../src/sync-job.ts'
import { templateReply } from '../../src/template.ts'
import { temporaryAliasReply } from '../../src/temporary-alias.ts'
import { tlsPolicyMapReply } from '../../src/tls-policy-map.ts'
import { transportReply } from '../../src/transport.ts'
import { readRecording, RECORDING_NAMES } from '../replay.ts'

/** The objects in all recorded answers to reads whose path begins so. */
function objectsOf(path: RegExp): Record<string, unknown>[] {
  return RECORDING_NAMES.map(readRecording)
    .filter(({ request, response }) => path.test(request.path) && response.status === 200)
    .flatMap(({ request, response }) => {
      const { body } = response
      if (request.method === 'POST') return isRecord(body) ? asList(body['data']) : []
      return asList(body)
    })
    .filter(isRecord)
    .filter((object) => Object.keys(object).length > 0 && object['username'] !== null)
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value]
}

const mailboxes = objectsOf(/^\/api\/v1\/(?:get\/mailbox\/(?!template)|search\/mailbox)/)

const KINDS: readonly (readonly [Reply<unknown>, Record<string, unknown>[]])[] = [
  [domainReply, objectsOf(/^\/api\/v1\/(?:get\/domain\/(?!template)|search\/domain)/)],
  [mailboxReply, mailboxes],
  [mailboxAttributesReply, mailboxes.map((mailbox) => mailbox['attributes']).filter(isRecord)],
  [aliasReply, objectsOf(/^\/api\/v1\/get\/alias\//)],
  [aliasDomainReply, objectsOf(/^\/api\/v1\/get\/alias-domain\//)],
  [temporaryAliasReply, objectsOf(/^\/api\/v1\/get\/time_limited_aliases\//)],
  [appPasswordReply, objectsOf(/^\/api\/v1\/get\/app-passwd\//)],
  [filterReply, objectsOf(/^\/api\/v1\/get\/filters\//)],
  [policyReply, objectsOf(/^\/api\/v1\/get\/policy_/)],
  [spamScoreReply, objectsOf(/^\/api\/v1\/get\/spam-score\//)],
  [syncJobReply, objectsOf(/^\/api\/v1\/get\/syncjobs\//)],
  [dkimReply, objectsOf(/^\/api\/v1\/get\/dkim\//)],
  [domainAdminReply, objectsOf(/^\/api\/v1\/get\/domain-admin\//)],
  [adminReply, objectsOf(/^\/api\/v1\/get\/admin\//)],
  [transportReply, objectsOf(/^\/api\/v1\/get\/transport\//)],
  [relayHostReply, objectsOf(/^\/api\/v1\/get\/relayhost\//)],
  [forwardingHostReply, objectsOf(/^\/api\/v1\/get\/fwdhost\//)],
  [bccMapReply, objectsOf(/^\/api\/v1\/get\/bcc\//)],
  [recipientMapReply, objectsOf(/^\/api\/v1\/get\/recipient_map\//)],
  [tlsPolicyMapReply, objectsOf(/^\/api\/v1\/get\/tls-policy-map\//)],
  [rateLimitReply, objectsOf(/^\/api\/v1\/get\/rl-/)],
  [resourceReply, objectsOf(/^\/api\/v1\/get\/resource\//)],
  [templateReply, objectsOf(/^\/api\/v1\/get\/(?:domain|mailbox)\/template\//)],
  [passwordPolicyReply, objectsOf(/^\/api\/v1\/get\/passwordpolicy$/)],
  [fail2banReply, objectsOf(/^\/api\/v1\/get\/fail2ban$/)],
  [globalFiltersReply, objectsOf(/^\/api\/v1\/get\/global_filters\//)],
  [sievePresetReply, objectsOf(/^\/api\/v1\/get\/presets\//)],
  [lastLoginReply, objectsOf(/^\/api\/v1\/get\/last-login\//)],
  [loggedLoginReply, objectsOf(/^\/api\/v1\/get\/logs\/sasl\//)],
  [versionReply, objectsOf(/^\/api\/v1\/get\/status\/version$/)],
  [vmailReply, objectsOf(/^\/api\/v1\/get\/status\/vmail$/)],
  [hostReply, objectsOf(/^\/api\/v1\/get\/status\/host$/)],
  [
    containerReply,
    objectsOf(/^\/api\/v1\/get\/status\/containers$/)
      .flatMap((containers) => Object.values(containers))
      .filter(isRecord),
  ],
]

/** Kinds of which no recording shows one, with the reason. */
const UNSEEN: Readonly<Record<string, string>> = {
  'queued message': 'the mail queue was always empty',
  'quarantined message': 'the quarantine was always empty',
  login: 'the one list of logins that was read was empty',
  'OAuth2 client': 'only the empty list was read',
}

/** Fields that the client knows and no recording shows, with the reason. */
const NOT_RECORDED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  fail2ban: { active_bans: 'nobody was banned', perm_bans: 'nobody was banned' },
  container: { external: 'no such container ran', id: 'of newer versions' },
  'TLS policy': { '0': 'only a single one has the stray key, and none was read' },
}

test('all kinds of answers are compared, but for those that were never seen', () => {
  const folder = new URL('../../src/', import.meta.url)
  const sources = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  const names = sources.flatMap((file) =>
    Array.from(
      readFileSync(new URL(file, folder), 'utf8').matchAll(/= defineReply\(\s*'([^']+)'/g),
      ([, name = '']) => name,
    ),
  )
  const compared = [...KINDS.map(([reply]) => reply.name), ...Object.keys(UNSEEN)]
  expect([...new Set(names)].toSorted()).toEqual(compared.toSorted())
})

describe('every recorded object is understood, field by field', () => {
  test.each(KINDS.map(([reply, objects]) => [reply.name, reply, objects] as const))(
    '%s',
    (_name, reply, objects) => {
      const none = { unknown: [], missing: [], changed: [] }
      for (const object of objects) expect(parseReply(reply, object)).toMatchObject({ ok: true, drift: none })
    },
  )
})

describe('the fields that the client knows are those that mailcow sends', () => {
  test.each(KINDS.map(([reply, objects]) => [reply.name, reply, objects] as const))(
    '%s',
    (_name, reply, objects) => {
      const seen = new Set(objects.flatMap((object) => Object.keys(object)))
      const always = [...seen].filter((key) => objects.every((object) => Object.hasOwn(object, key)))
      expect(objects.length).toBeGreaterThan(0)
      const expectedAlways = [...Object.keys(reply.required), ...Object.keys(reply.expected)]
      expect({
        known: knownFields(reply).toSorted(),
        sometimesMissing: expectedAlways.filter((key) => !always.includes(key)),
      }).toEqual({
        known: [...seen, ...Object.keys(NOT_RECORDED[reply.name] ?? {})].toSorted(),
        sometimesMissing: [],
      })
    },
  )
})
