import type { Resource, WriteCall, WriteRoute } from '../calls.ts'
import {
  htmlEscape,
  intval,
  isEmpty,
  isset,
  text,
  toList,
  type JsonRecord,
  type JsonValue,
} from '../php-values.ts'
import { nextId, updateRow, type MailcowState, type TemplateRow } from '../state.ts'
import { USER_ACL } from './acl.ts'
import { protocolFields } from './mailbox-fields.ts'

type TemplateType = TemplateRow['type']
const DEFAULT_NAME = 'Default'
const MIB = 1048576

/** The template that was asked for by id, or else the first one, "Default". */
export function templateAttributes(
  state: MailcowState,
  type: TemplateType,
  id: JsonValue | undefined,
): JsonRecord {
  const rows = state.templates.filter((row) => row.type === type)
  const wanted = rows.find((row) => String(row.id) === text(id)) ?? rows[0]
  return wanted?.attributes ?? {}
}

function addTemplate(type: TemplateType): WriteRoute {
  return {
    log: ['mailbox', 'add', `${type}_templates`],
    logTail: true,
    run: (call) => {
      const template = text(call.data['template'])
      if (isEmpty(template)) return call.danger('template_name_invalid')
      if (call.state.templates.some((row) => row.type === type && row.template === template)) {
        return call.danger(['template_exists', template])
      }
      const attributes = readAttributes(call, type, templateAttributes(call.state, type, undefined))
      if (attributes === undefined) return call.danger('quarantine_category_invalid')
      const id = nextId(call.state, 'templates')
      call.state.templates.push({ id, template, type, attributes, created: call.now, modified: null })
      call.success(['template_added', template])
    },
  }
}

function editTemplate(type: TemplateType): WriteRoute {
  return {
    log: ['mailbox', 'edit', `${type}_templates`],
    logTail: true,
    items: 'ids',
    run: (call) => {
      let name = text(call.data['template'])
      for (const id of toList(call.data['ids']).map(text)) {
        const row = findTemplate(call.state, type, id)
        const attributes = row === undefined ? undefined : readAttributes(call, type, row.attributes)
        if (row === undefined || attributes === undefined) {
          call.danger(row === undefined ? 'template_id_invalid' : 'quarantine_category_invalid')
          continue
        }
        // "Default" keeps its name.
        name = row.template === DEFAULT_NAME || name === '' ? row.template : name
        updateRow(row, { template: name, attributes }, call.now)
      }
      call.success(['template_modified', name])
    },
  }
}

/** Quotas come in MiB and are kept in bytes. Undefined: the quarantine category is none. */
function readAttributes({ data }: WriteCall, type: TemplateType, now: JsonRecord): JsonRecord | undefined {
  const attributes: JsonRecord = { ...now }
  for (const [name, current] of Object.entries(now)) {
    if (!isset(data[name])) continue
    if (name.includes('quota')) attributes[name] = intval(data[name]) * MIB
    else attributes[name] = typeof current === 'number' ? intval(data[name]) : data[name]
  }
  if (type === 'domain') return attributes
  Object.assign(attributes, protocolFields(data))
  if (isset(data['acl'])) {
    const granted = toList(data['acl'])
    for (const name of USER_ACL) attributes[`acl_${name}`] = granted.includes(name) ? 1 : 0
  }
  return ['add_header', 'reject', 'all'].includes(text(attributes['quarantine_category']))
    ? attributes
    : undefined
}

function deleteTemplate(type: TemplateType): WriteRoute {
  return {
    log: ['mailbox', 'delete', `${type}_templates`],
    logTail: true,
    items: 'ids',
    run: (call) => {
      const ids = toList(call.data['ids']).map(text)
      for (const id of ids) {
        const row = findTemplate(call.state, type, id)
        if (row !== undefined && row.template !== DEFAULT_NAME) {
          call.state.templates = call.state.templates.filter((other) => other !== row)
        }
        // Domain templates: the first one ends the call.
        if (type === 'domain') return call.success(['template_removed', htmlEscape(id)])
      }
      if (type === 'mailbox') call.success('template_removed')
    },
  }
}

function findTemplate(state: MailcowState, type: TemplateType, id: string): TemplateRow | undefined {
  return state.templates.find((row) => row.type === type && String(row.id) === id)
}

function view(row: TemplateRow): JsonRecord {
  const { id, template, type, attributes, created, modified } = row
  return { id, template, type, attributes, created, modified }
}

function getTemplates(type: TemplateType) {
  return ({ state, extra }: { state: MailcowState; extra: string | undefined }): JsonValue => {
    if (extra === 'all') return state.templates.filter((row) => row.type === type).map(view)
    const row = findTemplate(state, type, extra ?? '')
    return row === undefined ? null : view(row)
  }
}

export const templates: Resource = {
  get: { 'domain/template': getTemplates('domain'), 'mailbox/template': getTemplates('mailbox') },
  add: { 'domain/template': addTemplate('domain'), 'mailbox/template': addTemplate('mailbox') },
  edit: { 'domain/template': editTemplate('domain'), 'mailbox/template': editTemplate('mailbox') },
  delete: { 'domain/template': deleteTemplate('domain'), 'mailbox/template': deleteTemplate('mailbox') },
}
