import { chmodSync, closeSync, lstatSync, mkdirSync, openSync, readdirSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { LedgerError } from './errors.ts'

const LEDGER_FILE = 'ledger.sqlite'

/** Makes the working folder (0700), or sees to it that an existing one is private. */
export function prepareWorkDir(workDir: string): void {
  guarded(workDir, () => {
    mkdirSync(workDir, { recursive: true, mode: 0o700 })
    const stats = lstatOf(workDir)
    if (stats !== undefined && isOpenToOthers(stats)) closeToOthers(workDir)
  })
}

/** A folder of ours, below the working folder. */
export function prepareFolder(path: string): void {
  guarded(path, () => {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  })
}

/**
 * Makes an empty file (0600) if there is none. An existing one is not opened, ever: closing any descriptor of a file
 * drops all POSIX locks that this process holds on it, SQLite's too (https://www.sqlite.org/howtocorrupt.html, 2.2).
 */
export function prepareFile(path: string): void {
  guarded(path, () => {
    const stats = lstatOf(path)
    if (stats === undefined) {
      try {
        closeSync(openSync(path, 'wx', 0o600))
      } catch (error) {
        // Another process made it a moment ago.
        if (!hasCode(error, 'EEXIST')) throw error
      }
    } else if (isOpenToOthers(stats)) {
      chmodSync(path, 0o600)
    }
  })
}

export function fileExists(path: string): boolean {
  return lstatOf(path) !== undefined
}

/** A folder that is not only ours (`.`, `/tmp`, a home) must not lose its rights because somebody named it as workDir. */
function closeToOthers(workDir: string): void {
  const names = readdirSync(workDir)
  if (names.length > 0 && !names.includes(LEDGER_FILE))
    throw new LedgerError(
      'ledger_inaccessible',
      `the working folder ${workDir} holds other things and is open to other users`,
      { hint: `name a folder of its own as workDir, or run: chmod 700 ${workDir}` },
    )
  chmodSync(workDir, 0o700)
}

function isOpenToOthers(stats: Stats): boolean {
  return process.platform !== 'win32' && (stats.mode & 0o077) !== 0
}

function lstatOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false })
}

function guarded(path: string, work: () => void): void {
  try {
    work()
  } catch (cause) {
    if (cause instanceof LedgerError) throw cause
    throw new LedgerError('ledger_inaccessible', `${path} can't be made or made private`, {
      cause,
      hint: 'check owner and rights of the folder above',
    })
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

export function ledgerPath(workDir: string): string {
  return join(workDir, LEDGER_FILE)
}
