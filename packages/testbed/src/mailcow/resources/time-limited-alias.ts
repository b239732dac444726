import type { DoubleContext, Resource, WriteCall, WriteRoute } from '../calls.ts'
import { aliasDomainNames, findMailbox, hasMailboxAccess } from '../lookup.ts'
import { byKey, htmlEscape, isEmail, isEmpty, isset, same, text, toList } from '../php-values.ts'
import type { JsonRecord, JsonValue } from '../php-values.ts'
import type { TimeLimitedAliasRow } from '../state.ts'
import { updateRow } from '../state.ts'

const LONGEST_HOURS = 87_600
const DEFAULT_HOURS = 8760

const addTimeLimitedAlias: WriteRoute = {
  log: ['mailbox', 'add', 'time_limited_alias'],
  logTail: true,
  run: (call) => {
    const { data, state } = call
    const username = text(data['username'])
    if (isEmail(username) && !hasMailboxAccess(state, username)) return call.danger('access_denied')
    const hours = isset(data['validity']) ? wholeNumber(data['validity']) : DEFAULT_HOURS
    if (hours === undefined || hours < 1 || hours > LONGEST_HOURS) return call.danger('validity_missing')
    const row = findMailbox(state, username)
    const domain = text(data['domain'])
    const own = row === undefined ? [] : [row.domain, ...aliasDomainNames(state, row.domain)]
    if (row === undefined || !own.includes(domain)) return call.danger('domain_invalid')
    state.timeLimitedAliases.push({
      address: `${randomName(call.context)}.${randomName(call.context)}@${domain}`,
      goto: username,
      description: text(data['description']),
      validity: unixNow(call.context) + hours * 3600,
      permanent: isTrue(data['permanent']) ? 1 : 0,
      created: call.now,
      modified: null,
    })
    call.success(['mailbox_modified', username])
  },
}

const editTimeLimitedAlias: WriteRoute = {
  log: ['mailbox', 'edit', 'time_limited_alias'],
  logTail: true,
  items: 'address',
  run: (call) => {
    for (const address of toList(call.data['address']).map(text)) editOne(call, address)
  },
}

function editOne(call: WriteCall, address: string): void {
  const { data } = call
  const row = findSpamAlias(call, address)
  if (row === undefined) return call.danger('access_denied')
  if (isEmpty(data['validity']) && isEmpty(data['permanent'])) return
  const permanent = isTrue(data['permanent'])
  const validity = permanent ? 0 : Math.round(unixNow(call.context) + Number(text(data['validity'])) * 3600)
  updateRow(row, { validity, permanent: permanent ? 1 : 0 }, call.now)
  // The variable with the names is never set.
  call.success(['mailbox_modified', ''])
}

const deleteTimeLimitedAlias: WriteRoute = {
  log: ['mailbox', 'delete', 'time_limited_alias'],
  logTail: true,
  items: 'address',
  run: (call) => {
    for (const address of toList(call.data['address']).map(text)) {
      const row = findSpamAlias(call, address)
      if (row === undefined) {
        call.danger('access_denied')
        continue
      }
      call.state.timeLimitedAliases = call.state.timeLimitedAliases.filter((other) => other !== row)
      call.success(['mailbox_modified', htmlEscape(row.goto)])
    }
  },
}

function findSpamAlias({ state }: WriteCall, address: string): TimeLimitedAliasRow | undefined {
  const row = state.timeLimitedAliases.find((entry) => same(entry.address, address))
  return row !== undefined && hasMailboxAccess(state, row.goto) ? row : undefined
}

function view(row: TimeLimitedAliasRow): JsonRecord {
  const { address, goto, description, validity, created, modified, permanent } = row
  return { address, goto, description, validity, created, modified, permanent }
}

export const timeLimitedAliases: Resource = {
  get: {
    time_limited_aliases: ({ context, state, object = '' }) => {
      if (!isEmail(object) || !hasMailboxAccess(state, object)) return null
      return validAliases(context, object)
        .toSorted((a, b) => byKey(a.address, b.address))
        .map(view)
    },
  },
  add: { time_limited_alias: addTimeLimitedAlias },
  edit: { time_limited_alias: editTimeLimitedAlias },
  delete: { time_limited_alias: deleteTimeLimitedAlias },
}

/** Those of a mailbox that have not ended. */
export function validAliases(context: DoubleContext, username: string): TimeLimitedAliasRow[] {
  const now = unixNow(context)
  return context.state.timeLimitedAliases.filter(
    (row) => same(row.goto, username) && (row.validity >= now || row.permanent === 1),
  )
}

function unixNow({ now }: DoubleContext): number {
  return Math.floor(now().getTime() / 1000)
}

/** A pronounceable name: consonant, vowel, consonant, vowel... */
function randomName({ random }: DoubleContext): string {
  const pick = (letters: string): string => letters.charAt(Math.floor(random() * letters.length))
  const length = 3 + Math.floor(random() * 7)
  return Array.from({ length }, (_, index) => pick(index % 2 === 0 ? 'bcdfghjklmnprstvwxyz' : 'aeiou')).join(
    '',
  )
}

function wholeNumber(value: JsonValue | undefined): number | undefined {
  const written = text(value).trim()
  return /^[-+]?\d+$/.test(written) ? Number(written) : undefined
}

function isTrue(value: JsonValue | undefined): boolean {
  return isset(value) && ['1', 'true', 'on', 'yes'].includes(text(value).toLowerCase())
}
