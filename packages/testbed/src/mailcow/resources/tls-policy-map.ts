import type { Resource, WriteCall, WriteRoute } from '../calls.ts'
import { htmlEscape, idnToAscii, intval, isEmpty, isset, PhpCrash, text, toList } from '../php-values.ts'
import { nextId, updateRow, type TlsPolicyMapRow } from '../state.ts'

const POLICIES = ['none', 'may', 'encrypt', 'dane', 'dane-only', 'fingerprint', 'verify', 'secure']

const addTlsPolicyMap: WriteRoute = {
  log: ['tls_policy_maps', 'add'],
  logTail: true,
  run: (call) => {
    const { data, state } = call
    const wanted = {
      dest: idnToAscii(text(data['dest']).trim()),
      policy: text(data['policy']).trim().toLowerCase(),
      parameters: isEmpty(data['parameters']) ? '' : text(data['parameters']),
      active: intval(data['active']),
    }
    const problem = problemOf(wanted)
    if (problem !== undefined) return call.danger(problem)
    if (state.tlsPolicyMaps.some((row) => row.dest === wanted.dest)) {
      return call.danger(['tls_policy_map_entry_exists', htmlEscape(wanted.dest)])
    }
    demandKnown(wanted.policy)
    const id = nextId(state, 'tls_policy_override')
    state.tlsPolicyMaps.push({ id, ...wanted, created: call.now, modified: null })
    call.success(['tls_policy_map_entry_saved', htmlEscape(wanted.dest)])
  },
}

const editTlsPolicyMap: WriteRoute = {
  log: ['tls_policy_maps', 'edit'],
  logTail: true,
  items: 'id',
  run: (call) => {
    for (const id of toList(call.data['id'])) {
      const row = call.state.tlsPolicyMaps.find((entry) => entry.id === intval(id))
      if (row === undefined) call.danger('access_denied')
      else if (!editOne(call, row)) return
    }
  },
}

/** False when the whole call ends there. */
function editOne(call: WriteCall, row: TlsPolicyMapRow): boolean {
  const { data, state } = call
  const wanted = {
    dest: isEmpty(data['dest']) ? row.dest : text(data['dest']),
    policy: isEmpty(data['policy']) ? row.policy : text(data['policy']),
    parameters: isset(data['parameters']) ? text(data['parameters']) : row.parameters,
    active: isset(data['active']) ? intval(data['active']) : row.active,
  }
  const problem = problemOf(wanted)
  const taken = state.tlsPolicyMaps.some((other) => other !== row && other.dest === wanted.dest)
  if (problem !== undefined || taken) {
    call.danger(problem ?? ['recipient_map_entry_exists', htmlEscape(wanted.dest)])
    return false
  }
  demandKnown(wanted.policy)
  updateRow(row, wanted, call.now)
  call.success(['tls_policy_map_entry_saved', htmlEscape(wanted.dest)])
  return true
}

function problemOf({ dest, parameters }: { dest: string; parameters: string }): string | undefined {
  if (['', '.', '*', '@'].includes(dest)) return 'tls_policy_map_dest_invalid'
  if (parameters === '') return undefined
  return parameters.split(' ').every((part) => /.+=.+/.test(part))
    ? undefined
    : 'tls_policy_map_parameter_invalid'
}

/** The column is an ENUM: only the database refuses an unknown policy. */
function demandKnown(policy: string): void {
  if (!POLICIES.includes(policy.toLowerCase()))
    throw new PhpCrash('PDOException: Data truncated for column policy')
}

const deleteTlsPolicyMap: WriteRoute = {
  log: ['tls_policy_maps', 'delete'],
  logTail: true,
  items: 'id',
  run: (call) => {
    for (const id of toList(call.data['id'])) {
      const known = text(id)
      if (!/^\d+$/.test(known)) return
      call.state.tlsPolicyMaps = call.state.tlsPolicyMaps.filter((row) => String(row.id) !== known)
      call.success(['tls_policy_map_entry_deleted', htmlEscape(known)])
    }
  },
}

export const tlsPolicyMaps: Resource = {
  get: {
    'tls-policy-map/all': ({ state }) => state.tlsPolicyMaps.map((row) => ({ ...row })),
    'tls-policy-map': ({ state, object = '' }) => {
      const row = state.tlsPolicyMaps.find((entry) => entry.id === intval(object))
      return row === undefined ? null : { ...row, '0': null }
    },
  },
  add: { 'tls-policy-map': addTlsPolicyMap },
  edit: { 'tls-policy-map': editTlsPolicyMap },
  delete: { 'tls-policy-map': deleteTlsPolicyMap },
}
