import type { DatabaseSync } from 'node:sqlite'
import { LedgerError } from './errors.ts'
import { firstLayout } from './migrations/0001-first-layout.ts'
import { importedCards } from './migrations/0002-imported-cards.ts'
import { notices } from './migrations/0003-notices.ts'
import { cutoverSteps } from './migrations/0004-cutover-steps.ts'
import { afterwards } from './migrations/0005-afterwards.ts'
import { copiedAt } from './migrations/0006-copied-at.ts'

/** In SQLite's header, so that a file says what it is: "mmov". */
const APPLICATION_ID = 0x6d_6d_6f_76

/** The way forward; there is none back. Number n leads from layout n to n + 1. */
const MIGRATIONS: readonly string[] = [
  firstLayout,
  importedCards,
  notices,
  cutoverSteps,
  afterwards,
  copiedAt,
]

/** The layout that this version reads and writes. */
const LAYOUT = MIGRATIONS.length

/** Brings the database up to the newest layout, in one transaction a step: another process sees it before or after. */
export function migrate(database: DatabaseSync, file: string): void {
  let layout = currentLayout(database, file)
  while (layout < LAYOUT) {
    database.exec('begin immediate')
    try {
      // Another process may have been faster.
      layout = readLayout(database, file)
      const migration = MIGRATIONS[layout]
      if (migration !== undefined) {
        database.exec(migration)
        database.exec(`pragma application_id = ${APPLICATION_ID}`)
        database.exec(`pragma user_version = ${layout + 1}`)
      }
      database.exec('commit')
    } catch (error) {
      rollBack(database)
      throw error
    }
    layout = currentLayout(database, file)
  }
}

/** All of one moment: another process may be at it. */
function currentLayout(database: DatabaseSync, file: string): number {
  database.exec('begin')
  try {
    return readLayout(database, file)
  } finally {
    rollBack(database)
  }
}

/** After an error, which SQLite may have answered with a rollback of its own. */
export function rollBack(database: DatabaseSync): void {
  try {
    database.exec('rollback')
  } catch {
    // There is no transaction any more.
  }
}

function readLayout(database: DatabaseSync, file: string): number {
  const application = pragma(database, 'application_id')
  const layout = pragma(database, 'user_version')
  const isEmpty = application === 0 && layout === 0 && pragma(database, 'schema_version') === 0
  if (!isEmpty && application !== APPLICATION_ID)
    throw new LedgerError('ledger_damaged', `${file} is a database, but not a ledger`, {
      hint: 'choose another workDir, or move the file away',
    })
  if (layout > LAYOUT)
    throw new LedgerError(
      'ledger_newer',
      `${file} was written by a newer version of mailmove (layout ${layout}, this one knows ${LAYOUT})`,
      { hint: 'use that version or a newer one: a ledger never goes back' },
    )
  return layout
}

function pragma(database: DatabaseSync, name: string): number {
  const row = database.prepare(`pragma ${name}`).get()
  return Number(row?.[name])
}
