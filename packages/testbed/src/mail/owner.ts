import { chownSync, fchownSync } from 'node:fs'
import { currentIdentity } from '../sandbox/identity.ts'

/** Makes the servers' mail user the owner of a file or folder, or of an open file. */
export function giveToMailUser(file: string | number): void {
  const { uid, gid } = currentIdentity()
  if (typeof file === 'number') fchownSync(file, uid, gid)
  else chownSync(file, uid, gid)
}
