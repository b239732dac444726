import { syncMailbox } from './account-sync.ts'
import type { DoubleContext } from './calls.ts'
import { findMailbox } from './lookup.ts'
import { passwordProblem } from './passwords.ts'
import { sqlTime } from './php-values.ts'
import { updateRow } from './state.ts'

/** `edit/self` in the session of a user; app passwords stay as they are. */
export async function changeOwnPassword(
  context: DoubleContext,
  address: string,
  password: string,
): Promise<boolean> {
  const row = findMailbox(context.state, address)
  const refused = passwordProblem(context.state.passwordPolicy, password, password) !== undefined
  if (row === undefined || refused) return false
  const now = sqlTime(context.now())
  const passwordHash = await context.hashPassword(password)
  const attributes = { ...row.attributes, force_pw_update: '0', passwd_update: now }
  updateRow(row, { passwordHash, attributes }, now)
  await syncMailbox(context, row.username)
  return true
}
