import type { Api, Write } from './api.ts'
import { differences } from './compare.ts'
import { MailcowError } from './errors.ts'
import type { WriteOptions } from './options.ts'

/** An addition whose id mailcow does not tell. */
export interface Addition<T extends { readonly id: number }> {
  readonly write: Write
  /** What was added, for messages and as the key of the lock, e.g. the mailbox. */
  readonly subject: string
  readonly list: () => Promise<readonly T[]>
  /** Which of the new objects it can be. */
  readonly isIt: (candidate: T) => boolean
  /** What the new object must be like. */
  readonly wanted: object
}

/**
 * Adds an object and resolves with it: the list is read before and after, and what is new and fits is it. No other
 * addition of this client to the same subject runs meanwhile.
 */
export function addAndFind<T extends { readonly id: number }>(
  api: Api,
  addition: Addition<T>,
  options: WriteOptions,
): Promise<T> {
  const { write, subject, list, isIt, wanted } = addition
  return api.exclusively(
    [`${write.route} ${subject}`],
    async () => {
      const before = new Set((await list()).map(({ id }) => id))
      await api.write(write, options)
      const found = (await list()).filter((candidate) => !before.has(candidate.id) && isIt(candidate)).at(-1)
      const wrong = differences(wanted, found)
      if (found !== undefined && wrong.length === 0) return found
      throw new MailcowError(
        'not_as_intended',
        `${write.route}: mailcow reports success for ${subject}, but its list shows another ${wrong.join(', ')}`,
        { route: write.route, effect: 'unknown' },
      )
    },
    options,
  )
}
