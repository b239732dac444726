import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { isBusy, translate } from './sqlite-errors.ts'

/** Longer names could be too long for a file system. */
const MAX_NAME_LENGTH = 200

/** A file name for a domain, whatever the domain consists of. Different domains have different ones. */
export function lockFileName(domain: string): string {
  const name = [...Buffer.from(domain, 'utf8')]
    .map((byte, index) => {
      const character = String.fromCharCode(byte)
      const isPlain = /[a-z0-9-]/.test(character) || (character === '.' && index > 0)
      return isPlain ? character : `%${byte.toString(16).padStart(2, '0')}`
    })
    .join('')
  if (name.length <= MAX_NAME_LENGTH) return `${name}.sqlite`
  return `%${createHash('sha256').update(domain).digest('hex')}.sqlite`
}

/** Takes the lock, or `undefined` if somebody has it. Closing the database (or the death of the process) frees it. */
export function seize(path: string): DatabaseSync | undefined {
  let file: DatabaseSync | undefined
  try {
    file = new DatabaseSync(path)
    file.exec('begin exclusive')
    return file
  } catch (error) {
    file?.close()
    if (isBusy(error)) return undefined
    throw translate(error, path)
  }
}

/** Whether somebody has the lock, by trying to read; takes a shared lock for an instant. */
export function isSeized(path: string): boolean {
  let file: DatabaseSync | undefined
  try {
    file = new DatabaseSync(path, { readOnly: true })
    file.exec('select count(*) from sqlite_schema')
    return false
  } catch (error) {
    if (isBusy(error)) return true
    throw translate(error, path)
  } finally {
    file?.close()
  }
}
