import { userInfo } from 'node:os'

/** As the record shall name who did it; a container may have no name for its user. */
export function processUser(): string {
  try {
    return process.env['SUDO_USER'] ?? userInfo().username
  } catch {
    return 'unknown'
  }
}
