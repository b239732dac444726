import { RunnerError } from '@iteg/old-server'
import { runnerFor } from '../runner-for.ts'
import { recorded } from './recorded-write.ts'
import type { CutoverContext } from './step.ts'

/** What is run on the mailcow host; nothing of it is an argument from outside. */
export const RELOAD: readonly [string, ...string[]] = [
  'docker',
  'compose',
  '--project-directory',
  '/opt/mailcow-dockerized',
  'exec',
  '-T',
  'postfix-mailcow',
  'postfix',
  'reload',
]

/** Has mailcow's Postfix forget what it remembers of routes and recipients. False: nobody told us how, or it did not work. */
export async function reloadMailcowPostfix(context: CutoverContext): Promise<boolean> {
  const { run, commands } = context.migration.config.new
  if (run === undefined) return false
  const runner = runnerFor(run, commands)
  try {
    const { code } = await recorded(
      context,
      { system: 'mailcow', operation: 'postfix reload', item: runner.where },
      () => runner.run(RELOAD),
    )
    return code === 0
  } catch (error) {
    if (error instanceof RunnerError) return false
    throw error
  }
}
