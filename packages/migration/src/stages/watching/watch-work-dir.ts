import { DatabaseSync } from 'node:sqlite'
import { fileExists, ledgerPath } from '../../ledger/work-dir.ts'
import { progressPath } from '../../progress/progress-file.ts'
import type { Migration } from '../migration.ts'

/** Tells whether another process has written to the ledger or told of progress since it was asked last. */
export interface WorkDirWatch extends Disposable {
  /** Costs two words read from shared memory: may be asked every second. The first answer is true. */
  hasChanged(): boolean
}

/**
 * Watches the working folder for what any process writes. Opens connections of its own, which only look; a file that
 * is not there yet is found when it comes.
 */
export function watchWorkDir({ config }: Pick<Migration, 'config'>): WorkDirWatch {
  const files = [watchedFile(ledgerPath(config.workDir)), watchedFile(progressPath(config.workDir))]
  let isFirst = true
  return {
    hasChanged: () => {
      // Each has to be asked: the question is also what is remembered.
      const changed = files.map((file) => file.hasChanged())
      const answer = isFirst || changed.includes(true)
      isFirst = false
      return answer
    },
    [Symbol.dispose]: () => {
      for (const file of files) file[Symbol.dispose]()
    },
  }
}

function watchedFile(path: string): WorkDirWatch {
  let database: DatabaseSync | undefined
  let version: unknown
  const forget = () => {
    try {
      database?.close()
    } catch {
      // It is closed.
    }
    database = undefined
  }
  return {
    hasChanged: () => {
      try {
        if (database === undefined) {
          if (!fileExists(path)) return false
          database = new DatabaseSync(path)
          database.exec('pragma query_only = on; pragma trusted_schema = off;')
        }
        // https://www.sqlite.org/pragma.html#pragma_data_version: differs once another connection has committed.
        const now = database.prepare('pragma data_version').get()?.['data_version']
        const changed = now !== version
        version = now
        return changed
      } catch {
        // Locked for an instant, or damaged: whoever reads it then says so.
        forget()
        return true
      }
    },
    [Symbol.dispose]: forget,
  }
}
