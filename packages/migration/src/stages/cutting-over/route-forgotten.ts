import { setTimeout as pause } from 'node:timers/promises'
import { reloadMailcowPostfix } from './mailcow-postfix.ts'
import type { CutoverStep } from './step.ts'

/** How long Postfix' queue manager keeps the route of a recipient that it has just resolved. */
const MEMORY_MS = 31_000

/**
 * For that time a message to the same recipient still takes the route to the old server, although the transport is gone. Harmless as long
 * as the old server delivers; once it relays, that message goes round in a circle and bounces.
 */
export const routeForgotten: CutoverStep = {
  name: 'route-forgotten',
  title: "mailcow's Postfix remembers the way to the old server no more",
  run: async (context) => {
    const { ledger, domain, options, migration } = context
    if (options.dryRun === true)
      return {
        outcome: 'planned',
        message: 'Its Postfix will be reloaded (new.run), or half a minute waited.',
      }
    const steps = await ledger.cutoverSteps.list(domain, 'forward')
    if (steps.find(({ step }) => step === 'route-forgotten')?.detail === 'forgotten')
      return { outcome: 'unchanged', message: 'It was reloaded, or waited for.' }
    const detail = 'forgotten'
    if (await reloadMailcowPostfix(context)) return { outcome: 'done', message: 'It was reloaded.', detail }
    migration.emit({
      type: 'notice',
      stage: 'cutover',
      domain,
      message: 'waiting half a minute for mailcow’s Postfix to forget the old route',
    })
    await pause(MEMORY_MS, undefined, options.signal === undefined ? {} : { signal: options.signal })
    return { outcome: 'done', message: 'Half a minute was waited.', detail }
  },
}
