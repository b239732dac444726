import { GateError } from '../errors.ts'
import { handedOver, tellOldServerStays } from '../notifying/taken-back.ts'
import type { CutoverContext, CutoverStep } from './step.ts'

/** Their hand-over mail says to use mailcow; it lies in the old mailbox, and so does what takes it back. */
export const told: CutoverStep = {
  name: 'told',
  title: 'Users are asked to go on using the old server',
  run: async (context) => {
    const { migration, ledger, domain, options } = context
    const users = handedOver(await ledger.notices.list(domain))
    if (users.length === 0) return { outcome: 'unchanged', message: 'Nobody was told to use mailcow.' }
    const open = users.filter(({ isTakenBack }) => !isTakenBack).map(({ recipient }) => recipient)
    if (open.length === 0) return { outcome: 'unchanged', message: `${usersAre(users.length)} told already.` }
    if (options.dryRun === true)
      return {
        outcome: 'planned',
        message: `${open.length === 1 ? '1 user' : `${open.length} users`} will be told, in the old mailboxes: ${named(open)}.`,
      }
    const results = await tellOldServerStays(migration, ledger, domain, await backSince(context), options)
    const letters = results.filter(({ letter }) => letter !== undefined).length
    // What a full mailbox refuses is printed: nothing more can be done here.
    const failed = results.filter(
      ({ outcome, letter }) =>
        outcome === 'failed' || outcome === 'in-doubt' || (outcome === 'refused' && letter === undefined),
    )
    const sent = results.filter(({ outcome }) => outcome === 'sent').length
    const paper = letters === 0 ? '' : ` ${letters} get a letter to print (in the folder letters).`
    const message = `${usersAre(results.length - failed.length)} told.${paper}`
    if (failed.length === 0) return { outcome: sent === 0 && letters === 0 ? 'unchanged' : 'done', message }
    throw new GateError(
      `${message} ${failed.length} could not be told: ${failed
        .slice(0, 5)
        .map(({ recipient, message: why = '' }) => `${recipient} ${why}`.trim())
        .join('; ')}`,
      {
        domains: [domain],
        hint: 'Mail goes to the old server already. Run mailmove rollback again.',
      },
    )
  },
}

/** Since when the old server delivers again, as the first step of the way back says. */
async function backSince({ migration, ledger, domain }: CutoverContext): Promise<Date> {
  const steps = await ledger.cutoverSteps.list(domain, 'back')
  return steps.find(({ step }) => step === 'old-final')?.doneAt ?? migration.now()
}

function usersAre(count: number): string {
  return count === 1 ? '1 user is' : `${count} users are`
}

function named(addresses: readonly string[]): string {
  const rest = addresses.length - 5
  return `${addresses.slice(0, 5).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}
