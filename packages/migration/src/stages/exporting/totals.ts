import type { ExportMailbox, ExportTotals } from './export-report.ts'

const NOTHING: ExportTotals = {
  mailboxes: 0,
  withScripts: 0,
  scripts: 0,
  active: 0,
  rewritten: 0,
  refused: 0,
  installed: 0,
  withContacts: 0,
  contacts: 0,
  imported: 0,
}

export function addTotals(parts: readonly ExportTotals[]): ExportTotals {
  return parts.reduce(
    (sum, part) => ({
      mailboxes: sum.mailboxes + part.mailboxes,
      withScripts: sum.withScripts + part.withScripts,
      scripts: sum.scripts + part.scripts,
      active: sum.active + part.active,
      rewritten: sum.rewritten + part.rewritten,
      refused: sum.refused + part.refused,
      installed: sum.installed + part.installed,
      withContacts: sum.withContacts + part.withContacts,
      contacts: sum.contacts + part.contacts,
      imported: sum.imported + part.imported,
    }),
    NOTHING,
  )
}

export function totalsOf({ filters, addressBooks }: ExportMailbox): ExportTotals {
  const present = (filters?.scripts ?? []).filter(({ state }) => state === 'present')
  const install = filters?.install?.outcome
  const isThere = install === 'installed' || install === 'updated' || install === 'unchanged'
  const contacts = (addressBooks?.books ?? []).reduce((sum, book) => sum + book.contacts, 0)
  const imported = addressBooks?.import?.outcome
  return {
    mailboxes: 1,
    withScripts: present.length > 0 ? 1 : 0,
    scripts: present.length,
    active: present.filter(({ active }) => active).length,
    rewritten: present.filter(({ rewritten }) => rewritten !== undefined).length,
    refused: present.filter(({ verdict }) => verdict === 'refused').length,
    installed: isThere && filters?.install?.name !== undefined ? 1 : 0,
    withContacts: contacts > 0 ? 1 : 0,
    contacts,
    imported: imported === 'imported' || imported === 'unchanged' ? 1 : 0,
  }
}
