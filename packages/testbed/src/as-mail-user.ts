import { currentIdentity } from './sandbox/identity.ts'

/** What starts a command as the mail's owner: there are servers that refuse to run as root. */
export function asMailUser(): readonly string[] {
  const { isRoot, uid, gid } = currentIdentity()
  return isRoot ? ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'] : []
}
