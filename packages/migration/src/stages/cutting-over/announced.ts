import { GateError } from '../errors.ts'
import { announce } from '../notifying/announce.ts'
import type { CutoverStep } from './step.ts'

/** Nothing can land in the old mailboxes any more, and users still read them: now they are told. */
export const announced: CutoverStep = {
  name: 'announced',
  title: 'Hand-over mails lie in the old mailboxes',
  run: async (context) => {
    const { migration, domain, options } = context
    if (options.dryRun === true)
      return { outcome: 'planned', message: 'They will be put there: mailmove notices preview shows them.' }
    const report = await announce(migration, [domain], options)
    const { sent, already, letters, failed, inDoubt } = report.totals
    const told = `${sent + already} are told${letters === 0 ? '' : `, ${letters} get a letter to print`}`
    if (failed + inDoubt === 0) return { outcome: sent === 0 ? 'unchanged' : 'done', message: `${told}.` }
    const names = report.domains.flatMap(({ notices }) =>
      notices.filter(
        ({ outcome }) => outcome === 'failed' || outcome === 'refused' || outcome === 'in-doubt',
      ),
    )
    throw new GateError(
      `${told}; ${failed + inDoubt} could not be: ${names
        .slice(0, 5)
        .map(({ recipient, message = '' }) => `${recipient} ${message}`.trim())
        .join('; ')}.`,
      {
        domains: [domain],
        hint: `Mail goes to mailcow already, the MX may wait. Look with mailmove announce ${domain}, then run mailmove cutover ${domain} again.`,
      },
    )
  },
}
