import type { Resource } from '../calls.ts'
import { text, type JsonRecord, type JsonValue } from '../php-values.ts'
import type { MailcowState, TemplateRow } from '../state.ts'

type TemplateType = TemplateRow['type']

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

function view(row: TemplateRow): JsonRecord {
  const { id, template, type, attributes, created, modified } = row
  return { id, template, type, attributes, created, modified }
}

function getTemplates(type: TemplateType) {
  return ({ state, extra }: { state: MailcowState; extra: string | undefined }): JsonValue => {
    const rows = state.templates.filter((row) => row.type === type)
    if (extra === undefined || extra === 'all') return rows.map(view)
    const row = rows.find((candidate) => String(candidate.id) === extra)
    return row === undefined ? null : view(row)
  }
}

export const templates: Resource = {
  get: { 'domain/template': getTemplates('domain'), 'mailbox/template': getTemplates('mailbox') },
}
