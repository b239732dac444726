import { RunnerError } from '@iteg/old-server'
import { isWithinHours } from '../../config/index.ts'
import { ServerError } from '../errors.ts'
import { runnerFor } from '../runner-for.ts'
import { recorded } from './recorded-write.ts'
import type { CutoverStep } from './step.ts'

/** acme asks for certificates of the domain, SOGo shows it: both look only when they start. */
export const RESTART: readonly [string, ...string[]] = [
  'docker',
  'compose',
  '--project-directory',
  '/opt/mailcow-dockerized',
  'restart',
  'sogo-mailcow',
  'acme-mailcow',
]

export const restarted: CutoverStep = {
  name: 'restarted',
  title: 'SOGo and acme restarted, once for all domains of this run',
  run: async (context) => {
    const { migration, options, domain } = context
    const steps = await context.ledger.cutoverSteps.list(domain, 'forward')
    if (steps.find(({ step }) => step === 'restarted')?.detail === 'restarted')
      return { outcome: 'unchanged', message: 'They were.' }
    if (options.dryRun === true)
      return { outcome: 'planned', message: 'They will be restarted.', lines: [RESTART.join(' ')] }
    const { run } = migration.config.new
    const later = (message: string) => ({ outcome: 'open', message, lines: [RESTART.join(' ')] }) as const
    if (run === undefined)
      return later(
        'Until then there is no certificate for autodiscover and the like. On the mailcow host, when it suits:',
      )
    if (!isWithinHours(migration.config.hours, migration.now()))
      return later('Outside the allowed hours; run mailmove cutover again, or on the mailcow host:')
    const runner = runnerFor(run, migration.config.new.commands)
    try {
      const { code, stderr } = await recorded(
        context,
        { system: 'mailcow', operation: 'restart', item: runner.where },
        () => runner.run(RESTART, { timeoutMs: 5 * 60_000 }),
      )
      if (code === 0)
        return { outcome: 'done', message: `They were restarted on ${runner.where}.`, detail: 'restarted' }
      return later(
        `It did not work on ${runner.where} (${stderr.trim().split('\n').at(-1)?.slice(0, 200) ?? code}). By hand:`,
      )
    } catch (error) {
      if (!(error instanceof RunnerError)) throw error
      throw new ServerError('new.mailcow', error.message, { cause: error })
    }
  },
}
