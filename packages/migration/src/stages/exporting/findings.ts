import type { Finding } from '../finding.ts'
import type { ExportedScript, ExportMailbox, ScriptRemark } from './export-report.ts'
import { addressBookFindings } from './with-address-books.ts'

/** What an admin should know of a mailbox's scripts. Pure. */
export function exportFindings(domain: string, exported: ExportMailbox): readonly Finding[] {
  const { mailbox, filters, addressBooks } = exported
  const contacts = addressBookFindings(domain, mailbox, addressBooks)
  if (filters === undefined) return contacts
  const { install } = filters
  return [
    ...contacts,
    ...filters.scripts.flatMap((script) => scriptFindings(domain, mailbox, script)),
    ...(install?.outcome === 'left'
      ? [
          {
            code: 'filter-left-alone',
            severity: 'info' as const,
            domain,
            item: mailbox,
            message: install.message,
            remedy: 'Nothing has to be done; the user may change it there.',
          },
        ]
      : []),
  ]
}

function scriptFindings(domain: string, mailbox: string, script: ExportedScript): readonly Finding[] {
  const { name, state, active, listed, verdict, losses, remarks } = script
  if (state === 'removed') return []
  const common = { domain, item: `${mailbox}: ${name}` }
  // What nobody uses is nobody's loss.
  const severity = active ? ('yellow' as const) : ('info' as const)
  const found: Finding[] = []
  if (verdict === 'refused')
    found.push({
      ...common,
      code: 'script-not-compiling',
      severity,
      message: `${active ? 'The active script' : 'This script'} does not work on mailcow${firstError(remarks)}`,
      remedy: 'Repair it by hand in its export, or tell the user to make the filter anew.',
    })
  // A script that does not work at all need not be told of in parts.
  if (losses.length > 0 && verdict !== 'refused')
    found.push({
      ...common,
      code: 'script-loses',
      severity,
      message: `Not all of it can be carried over: ${losses[0] ?? ''}`,
      remedy: 'Its summary.txt says it all; tell the user if it matters.',
    })
  if (active && !listed)
    found.push({
      ...common,
      code: 'script-unlisted',
      severity: 'info',
      message: 'It is active on the old server although no program shows it.',
      remedy: 'Nothing has to be done: it is exported like the others.',
    })
  return found
}

function firstError(remarks: readonly ScriptRemark[]): string {
  const error = remarks.find(({ severity }) => severity === 'error')
  if (error === undefined) return '.'
  const { line, column, message } = error
  if (line === undefined) return `: ${message}`
  return `: line ${line}${column === undefined ? '' : `, column ${column}`}: ${message}`
}
