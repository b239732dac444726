import { enableCompileCache } from 'node:module'
import { userInfo } from 'node:os'
import path from 'node:path'

/**
 * Lets Node keep compiled code, which halves the time a command takes to start. Below the home folder of the user
 * that the process runs as, whatever HOME says: who can write there could make us run anything.
 */
export function useCompileCache(): void {
  try {
    enableCompileCache(path.join(userInfo().homedir, '.cache', 'mailmove'))
  } catch {
    // A user without a home (a container): it only takes longer.
  }
}
