import { LedgerError } from './errors.ts'

// Primary result codes, https://www.sqlite.org/rescode.html; extended codes keep them in the low byte.
const BUSY = 5
const LOCKED = 6
const READONLY = 8
const IOERR = 10
const CORRUPT = 11
const FULL = 13
const CANTOPEN = 14
const NOTADB = 26

/** SQLite's primary result code, if the error is SQLite's. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined
  return error.errcode & 0xff
}

export function isBusy(error: unknown): boolean {
  const code = resultCode(error)
  return code === BUSY || code === LOCKED
}

/** SQLite's error as ours where it is the machine's fault; anything else (a broken constraint) as it is. */
export function translate(error: unknown, file: string): unknown {
  const code = resultCode(error)
  if (code === undefined) return error
  switch (code) {
    case BUSY:
    case LOCKED:
      return new LedgerError('ledger_busy', `another process keeps ${file} busy`, {
        cause: error,
        hint: 'wait until it has finished, then run the command again',
      })
    case CORRUPT:
    case NOTADB:
      return new LedgerError('ledger_damaged', `${file} is damaged or not a ledger`, {
        cause: error,
        hint: 'put the last backup of the working folder in its place; without one, move the file away and run survey again (no mail is lost, messages are then recognised by their content)',
      })
    case FULL:
      return new LedgerError('ledger_inaccessible', `the disk of ${file} is full`, {
        cause: error,
        hint: 'make room, then run the command again: it goes on where it stopped',
      })
    case READONLY:
    case IOERR:
    case CANTOPEN:
      return new LedgerError('ledger_inaccessible', `${file} can't be read or written`, {
        cause: error,
        hint: 'check owner, rights and the disk of the working folder',
      })
    default:
      return error
  }
}
