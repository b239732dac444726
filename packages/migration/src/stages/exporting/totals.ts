import type { ExportMailbox, ExportTotals } from './export-report.ts'

const NOTHING: ExportTotals = {
  mailboxes: 0,
  withScripts: 0,
  scripts: 0,
  active: 0,
  rewritten: 0,
  refused: 0,
  installed: 0,
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
    }),
    NOTHING,
  )
}

export function totalsOf({ filters }: ExportMailbox): ExportTotals {
  const present = (filters?.scripts ?? []).filter(({ state }) => state === 'present')
  const install = filters?.install?.outcome
  const isThere = install === 'installed' || install === 'updated' || install === 'unchanged'
  return {
    mailboxes: 1,
    withScripts: present.length > 0 ? 1 : 0,
    scripts: present.length,
    active: present.filter(({ active }) => active).length,
    rewritten: present.filter(({ rewritten }) => rewritten !== undefined).length,
    refused: present.filter(({ verdict }) => verdict === 'refused').length,
    installed: isThere && filters?.install?.name !== undefined ? 1 : 0,
  }
}
