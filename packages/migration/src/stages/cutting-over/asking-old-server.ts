import { OldServerError, RunnerError } from '@iteg/old-server'
import { ServerError } from '../errors.ts'
import type { StageOptions } from '../options.ts'
import { asSentence } from '../sentence.ts'

/** The errors of the old server as those of a stage. */
export async function asking<Value>(
  server: 'old.relay' | 'old.smtp',
  options: StageOptions,
  ask: () => Promise<Value>,
): Promise<Value> {
  try {
    return await ask()
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!(error instanceof OldServerError) && !(error instanceof RunnerError)) throw error
    throw new ServerError(server, asSentence(error.message), { cause: error })
  }
}
