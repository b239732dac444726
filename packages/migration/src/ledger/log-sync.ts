import { open, type FileHandle } from 'node:fs/promises'
import { LedgerError } from './errors.ts'

/**
 * Brings SQLite's write-ahead log to the disk beside the event loop. With `synchronous = normal` SQLite writes a commit
 * into the log without waiting for the disk; `synchronous = full` would wait, and all lanes of a copy with it, a few
 * milliseconds for each batch. So we wait here instead: who has committed resolves only when the log has been synced after
 * his commit, which is all that `full` does. (What protects the file from being damaged, SQLite still does by itself:
 * it syncs the log's header and before and after each checkpoint.) Commits that wait at the same time share one call.
 */
export class LogSync {
  readonly #logFile: string
  readonly #databaseFile: string
  #handle: Promise<FileHandle> | undefined
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  constructor(databaseFile: string) {
    this.#databaseFile = databaseFile
    // Closing a descriptor of the log frees none of SQLite's locks: those are on the database and its -shm file.
    this.#logFile = `${databaseFile}-wal`
  }

  /** Resolves when everything committed before the call is on the disk; `LedgerError` when that cannot be said. */
  sync(): Promise<void> {
    // The call under way may have begun before the caller's commit: only the next one is sure to hold it.
    this.#next ??= this.#after(this.#running)
    return this.#next
  }

  async close(): Promise<void> {
    const handle = await this.#handle?.catch(() => undefined)
    this.#handle = undefined
    await handle?.close()
  }

  async #after(running: Promise<void> | undefined): Promise<void> {
    await running?.catch(() => undefined)
    this.#running = this.#next
    this.#next = undefined
    try {
      // While this process has the database open, nobody replaces the log: it is only truncated (and it holds no locks).
      this.#handle ??= open(this.#logFile, 'r')
      await (await this.#handle).datasync()
    } catch (error) {
      throw new LedgerError('ledger_inaccessible', `${this.#databaseFile} can't be brought to the disk`, {
        cause: error,
        hint: 'check the disk of the working folder, then run the command again',
      })
    }
  }
}
