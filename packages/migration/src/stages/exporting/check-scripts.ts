import { isManageSieveError, type ManageSieveClient } from '@iteg/sieve-export'
import type { ScriptRemark, ScriptVerdict } from './export-report.ts'
import type { Rewriting } from './rewriting.ts'

/** What is known of whether the new server takes a script. */
export interface Judgement {
  readonly verdict: ScriptVerdict
  readonly remarks: readonly ScriptRemark[]
  /** Why it was not checked. */
  readonly reason?: string
}

/** By our own reading, when the new server cannot be asked. Pure. */
export function ownJudgement({ script, remarks }: Rewriting, reason: string): Judgement {
  const isRefused = script === undefined || remarks.some(({ severity }) => severity === 'error')
  return { verdict: isRefused ? 'refused' : 'unchecked', remarks, reason }
}

/** The new server's own word (CHECKSCRIPT); ours where it has nothing to compile. Stores nothing there. */
export async function serverJudgement(
  client: ManageSieveClient,
  rewriting: Rewriting,
  /** Scripts of the same mailbox, which may be included. */
  names: ReadonlySet<string>,
): Promise<Judgement> {
  if (rewriting.script === undefined) return { verdict: 'refused', remarks: rewriting.remarks }
  try {
    const { warnings } = await client.checkScript(rewriting.script)
    const remarks = warnings.filter(({ message }) => !names.has(missingInclude(message) ?? '')).map(remarkOf)
    return { verdict: 'accepted', remarks }
  } catch (error) {
    if (!isManageSieveError(error) || !client.isAlive) throw error
    const problems =
      error.problems.length > 0 ? error.problems : [ownWords(error.serverText ?? error.message)]
    return { verdict: 'refused', remarks: problems.map(remarkOf) }
  }
}

/** Pigeonhole warns of an include that is not there (yet). */
function missingInclude(message: string): string | undefined {
  return /^included personal script '(.*)' does not exist/.exec(message)?.[1]
}

function ownWords(message: string): ScriptRemark {
  return { severity: 'error', message }
}

function remarkOf({ severity, line, column, message }: ScriptRemark): ScriptRemark {
  return {
    severity,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    message,
  }
}
