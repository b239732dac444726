import { isIP } from 'node:net'
import type { Resource, WriteCall, WriteRoute } from '../calls.ts'
import { intval, isDomainName, isEmail, isEmpty, isset, splitList, text, toList } from '../php-values.ts'
import type { JsonRecord, JsonValue } from '../php-values.ts'
import { htmlEscape } from '../php-values.ts'
import { nextId, type MailcowState, type TransportRow } from '../state.ts'

const addTransport: WriteRoute = {
  log: ['transport', 'add'],
  run: (call) => {
    const { data, state } = call
    const nexthop = bracketAddress(text(data['nexthop']).trim())
    const username = escapeColon(text(data['username']).trim())
    const password = escapeColon(text(data['password']).trim())
    const isMxBased = intval(data['is_mx_based'])
    if (nexthop === '') return call.danger(['invalid_nexthop'])
    let destinations = splitList(text(data['destination']))
    for (const row of state.transports) {
      if ((row.nexthop === nexthop || row.nexthop === hostOf(nexthop)) && row.username !== username) {
        return call.danger('invalid_nexthop_authenticated')
      }
      // mailcow checks destinations only while it walks through the transports that are there already.
      destinations = destinations.filter((entry) => isUsable(call, row, entry, isMxBased))
    }
    destinations = [...new Set(destinations.filter((entry) => entry !== ''))]
    if (destinations.length === 0) return
    const interference = interferes(state, nexthop, undefined)
    if (interference !== undefined) return call.danger(interference)
    for (const destination of destinations) {
      state.transports.push({
        id: nextId(state, 'transports'),
        destination,
        nexthop,
        username,
        password,
        isMxBased,
        active: intval(data['active']),
      })
    }
    shareCredentials(state, nexthop, username, password)
    // The name in the message comes from a variable that is never set.
    call.success(['relayhost_added', ''])
  },
}

function isUsable(call: WriteCall, row: TransportRow, destination: string, isMxBased: number): boolean {
  if (destination === '') return false
  if (row.destination === destination) {
    call.danger(['transport_dest_exists', destination])
    return false
  }
  if (isDestination(destination, isMxBased)) return true
  call.danger(['invalid_destination', destination])
  return false
}

function isDestination(destination: string, isMxBased: number): boolean {
  if (isMxBased === 1) return isPattern(destination)
  return destination === '*' || isEmail(destination) || isDomainName(destination.replace(/^\./, ''))
}

function isPattern(source: string): boolean {
  try {
    return source !== '' && new RegExp(source) instanceof RegExp
  } catch {
    return false
  }
}

/** The same host with and without brackets would have two sets of credentials. */
function interferes(
  state: MailcowState,
  nexthop: string,
  except: number | undefined,
): JsonValue[] | undefined {
  const others = state.transports.filter((row) => row.id !== except).map((row) => row.nexthop)
  const inner = /\[(.+)\]/.exec(nexthop)?.[1]
  if (inner !== undefined) return others.includes(inner) ? ['next_hop_interferes', inner, nexthop] : undefined
  return others.some((other) => /\[(.+)\]/.exec(other)?.[1] === nexthop)
    ? ['next_hop_interferes_any', nexthop]
    : undefined
}

function shareCredentials(state: MailcowState, nexthop: string, username: string, password: string): void {
  for (const row of state.transports) if (row.nexthop === nexthop) Object.assign(row, { username, password })
}

const editTransport: WriteRoute = {
  log: ['transport', 'edit'],
  items: 'id',
  run: (call) => {
    for (const item of toList(call.data['id'])) if (!editOne(call, text(item))) return
  },
}

/** False when the whole call ends there. */
function editOne(call: WriteCall, id: string): boolean {
  const { data, state } = call
  const row = findTransport(state, id)
  if (row === undefined) {
    call.danger(['relayhost_invalid', id])
    return true
  }
  const nexthop = bracketAddress(isEmpty(data['nexthop']) ? row.nexthop : text(data['nexthop']).trim())
  const destination = isEmpty(data['destination']) ? row.destination : text(data['destination']).trim()
  const number = (name: string, now: number): number =>
    isset(data[name]) && data[name] !== '' ? intval(data[name]) : now
  const isMxBased = number('is_mx_based', row.isMxBased)
  const username = isset(data['username']) ? text(data['username']).trim() : row.username
  const password = isset(data['password']) ? text(data['password']).trim() : row.password
  const refusal = state.transports.some((other) => other !== row && other.destination === destination)
    ? 'transport_dest_exists'
    : isDestination(destination, isMxBased)
      ? interferes(state, nexthop, row.id)
      : ['invalid_destination', destination]
  if (refusal !== undefined) {
    call.danger(refusal)
    return false
  }
  Object.assign(row, { nexthop, destination, isMxBased, active: number('active', row.active) })
  shareCredentials(state, nexthop, username, username === '' ? '' : password)
  call.success(['object_modified', ''])
  return true
}

const deleteTransport: WriteRoute = {
  log: ['transport', 'delete'],
  items: 'id',
  run: (call) => {
    for (const item of toList(call.data['id'])) {
      const id = text(item)
      // An unknown id is "removed" just the same.
      call.state.transports = call.state.transports.filter((row) => String(row.id) !== id)
      call.success(['relayhost_removed', htmlEscape(id)])
    }
  },
}

function view(row: TransportRow): JsonRecord {
  return {
    id: row.id,
    is_mx_based: row.isMxBased,
    destination: row.destination,
    nexthop: row.nexthop,
    username: row.username,
    password: row.password,
    active: row.active,
    password_short: `${row.password.slice(0, 3)}...`,
  }
}

function findTransport(state: MailcowState, id: string): TransportRow | undefined {
  return state.transports.find((row) => String(row.id) === id)
}

export const transports: Resource = {
  get: {
    'transport/all': ({ state }) => state.transports.map(view),
    transport: ({ state, object = '' }) => {
      const row = findTransport(state, object)
      return row === undefined ? null : view(row)
    },
  },
  add: { transport: addTransport },
  edit: { transport: editTransport },
  delete: { transport: deleteTransport },
}

function bracketAddress(nexthop: string): string {
  return isIP(nexthop) === 0 ? nexthop : `[${nexthop}]`
}

function hostOf(nexthop: string): string {
  return /\[(.+)\]/.exec(nexthop)?.[1] ?? nexthop
}

function escapeColon(value: string): string {
  return value.replaceAll(':', String.raw`\:`)
}
