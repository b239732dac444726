import type { Resource, WriteCall, WriteRoute } from '../calls.ts'
import { hasDomainAccess, hasMailboxAccess } from '../lookup.ts'
import {
  domainPart,
  htmlEscape,
  idnToAscii,
  intval,
  isDomainName,
  isEmail,
  isEmpty,
  isset,
  same,
  text,
  toList,
} from '../php-values.ts'
import type { JsonRecord, JsonValue } from '../php-values.ts'
import { nextId, updateRow, type BccMapRow, type MailcowState, type RecipientMapRow } from '../state.ts'

const addBcc: WriteRoute = {
  log: ['bcc', 'add'],
  logTail: true,
  run: (call) => {
    const { data, state } = call
    const type = text(data['type'])
    const given = text(data['local_dest']).trim().toLowerCase()
    if (type !== 'sender' && type !== 'rcpt') return call.danger('invalid_bcc_map_type')
    if (isEmpty(data['bcc_dest'])) return call.danger('bcc_empty')
    const local = isDomainName(given) ? `@${idnToAscii(given)}` : given
    const domain = idnToAscii(domainPart(local))
    if (!isDomainName(given) && !isEmail(given)) return
    if (!mayCopy(state, given)) return call.danger('access_denied')
    const target = text(data['bcc_dest'])
    if (!isEmail(target)) return call.danger(['bcc_must_be_email', htmlEscape(target)])
    if (state.bccMaps.some((row) => same(row.local_dest, local) && row.type === type)) {
      return call.danger(['bcc_exists', htmlEscape(local), type])
    }
    state.bccMaps.push({
      id: nextId(state, 'bcc_maps'),
      local_dest: local,
      bcc_dest: target,
      domain,
      type,
      active: intval(data['active']),
      created: call.now,
      modified: null,
    })
    call.success('bcc_saved')
  },
}

/** A domain, a mailbox or an alias that is there. */
function mayCopy(state: MailcowState, object: string): boolean {
  if (isDomainName(object)) return hasDomainAccess(state, object)
  return hasMailboxAccess(state, object) || state.aliases.some((row) => same(row.address, object))
}

const editBcc: WriteRoute = {
  log: ['bcc', 'edit'],
  logTail: true,
  items: 'id',
  run: (call) => {
    for (const id of toList(call.data['id'])) editOneBcc(call, id)
  },
}

function editOneBcc(call: WriteCall, id: JsonValue): void {
  const { data, state } = call
  const row = findBcc(state, id)
  if (row === undefined) return call.danger('access_denied')
  const target = isEmpty(data['bcc_dest']) ? row.bcc_dest : text(data['bcc_dest'])
  const type = isEmpty(data['type']) ? row.type : text(data['type'])
  if (!isEmail(target)) return call.danger(['bcc_must_be_email', target])
  if (
    state.bccMaps.some((other) => other !== row && other.local_dest === row.local_dest && other.type === type)
  ) {
    return call.danger(['bcc_exists', htmlEscape(row.local_dest), type])
  }
  const active = isset(data['active']) ? intval(data['active']) : row.active
  updateRow(row, { bcc_dest: target, type, active }, call.now)
  call.success(['bcc_edited', target])
}

const deleteBcc: WriteRoute = {
  log: ['bcc', 'delete'],
  logTail: true,
  items: 'id',
  run: (call) => {
    for (const id of toList(call.data['id'])) {
      const row = findBcc(call.state, id)
      if (row === undefined) {
        call.danger('access_denied')
        continue
      }
      call.state.bccMaps = call.state.bccMaps.filter((other) => other !== row)
      call.success(['bcc_deleted', id])
    }
  },
}

function findBcc(state: MailcowState, id: JsonValue): BccMapRow | undefined {
  const row = state.bccMaps.find((entry) => entry.id === intval(id))
  return row !== undefined && hasDomainAccess(state, row.domain) ? row : undefined
}

const addRecipientMap: WriteRoute = {
  log: ['recipient_map', 'add'],
  logTail: true,
  run: (call) => {
    const ends = readEnds(call, text(call.data['recipient_map_old']), text(call.data['recipient_map_new']))
    if (ends === undefined) return
    call.state.recipientMaps.push({
      id: nextId(call.state, 'recipient_maps'),
      ...ends,
      active: intval(call.data['active']),
      created: call.now,
      modified: null,
    })
    call.success(['recipient_map_entry_saved', htmlEscape(ends.recipient_map_old)])
  },
}

const editRecipientMap: WriteRoute = {
  log: ['recipient_map', 'edit'],
  logTail: true,
  items: 'id',
  run: (call) => {
    const { data, state } = call
    for (const id of toList(data['id'])) {
      const row = state.recipientMaps.find((entry) => entry.id === intval(id))
      if (row === undefined) {
        call.danger('access_denied')
        continue
      }
      const end = (name: 'recipient_map_old' | 'recipient_map_new'): string =>
        isEmpty(data[name]) ? row[name] : text(data[name])
      const ends = readEnds(call, end('recipient_map_old'), end('recipient_map_new'), row)
      if (ends === undefined) continue
      const active = isset(data['active']) ? intval(data['active']) : row.active
      updateRow(row, { ...ends, active }, call.now)
      call.success(['recipient_map_entry_saved', htmlEscape(ends.recipient_map_old)])
    }
  },
}

/** A domain is stored with an @ in front. Undefined: refused, and said so. */
function readEnds(
  call: WriteCall,
  from: string,
  to: string,
  row?: RecipientMapRow,
): Pick<RecipientMapRow, 'recipient_map_old' | 'recipient_map_new'> | undefined {
  const recipient_map_old = sane(from)
  const recipient_map_new = sane(to)
  if (recipient_map_old === undefined) call.danger(['invalid_recipient_map_old', htmlEscape(from)])
  else if (recipient_map_new === undefined) call.danger(['invalid_recipient_map_new', htmlEscape(to)])
  else if (
    call.state.recipientMaps.some((other) => other !== row && other.recipient_map_old === recipient_map_old)
  ) {
    call.danger(['recipient_map_entry_exists', htmlEscape(recipient_map_old)])
  } else return { recipient_map_old, recipient_map_new }
  return undefined
}

function sane(value: string): string | undefined {
  const name = value.trim().toLowerCase().replace(/^@/, '')
  if (isDomainName(name)) return `@${idnToAscii(name)}`
  return isEmail(name) ? name : undefined
}

const deleteRecipientMap: WriteRoute = {
  log: ['recipient_map', 'delete'],
  logTail: true,
  items: 'id',
  run: (call) => {
    for (const id of toList(call.data['id'])) {
      const known = text(id)
      if (!/^\d+$/.test(known)) return
      call.state.recipientMaps = call.state.recipientMaps.filter((row) => String(row.id) !== known)
      call.success(['recipient_map_entry_deleted', htmlEscape(known)])
    }
  },
}

/** One entry alone carries a stray key: mailcow appends a list that it never made. */
function alone(row: BccMapRow | RecipientMapRow | undefined): JsonRecord | null {
  return row === undefined ? null : { ...row, '0': null }
}

export const addressMaps: Resource = {
  get: {
    'bcc/all': ({ state }) =>
      state.bccMaps.filter((row) => hasDomainAccess(state, row.domain)).map((row) => ({ ...row })),
    bcc: ({ state, object = '' }) => alone(findBcc(state, object)),
    'recipient_map/all': ({ state }) => state.recipientMaps.map((row) => ({ ...row })),
    recipient_map: ({ state, object = '' }) =>
      alone(state.recipientMaps.find((row) => row.id === intval(object))),
  },
  add: { bcc: addBcc, recipient_map: addRecipientMap },
  edit: { bcc: editBcc, recipient_map: editRecipientMap },
  delete: { bcc: deleteBcc, recipient_map: deleteRecipientMap },
}
