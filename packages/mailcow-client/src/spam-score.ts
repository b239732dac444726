import type { Api, DecodeContext } from './api.ts'
import { readBackOne } from './read-back.ts'
import { usageError } from './errors.ts'
import { normaliseMailbox } from './names.ts'
import type { CallOptions, WriteOptions } from './options.ts'
import { defineReply } from './reply.ts'
import { text } from './wire.ts'
import { byName, writeEach } from './write-each.ts'

/** From `junk` on, mail goes into the junk folder; from `reject` on it is refused. */
export interface SpamScore {
  readonly junk: number
  readonly reject: number
}

export const spamScoreReply = defineReply('spam score', {
  required: { score: text },
  expected: {},
  sometimes: {},
})

function decodeSpamScore(value: unknown, context: DecodeContext): SpamScore | undefined {
  const [junk, reject] = context.parse(spamScoreReply, value).score.split(',').map(Number)
  if (junk === undefined || reject === undefined || Number.isNaN(junk) || Number.isNaN(reject))
    return undefined
  return { junk, reject }
}

/** Spam thresholds of mailboxes: `get/spam-score`, `edit/spam-score`. */
export class SpamScores {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** The thresholds that hold for a mailbox (its own or the server's); undefined when there is no such mailbox. */
  async get(mailbox: string, options: CallOptions = {}): Promise<SpamScore | undefined> {
    return this.#api.readOne('get/spam-score', [normaliseMailbox(mailbox)], decodeSpamScore, options)
  }

  async set(mailbox: string, score: SpamScore, options: WriteOptions = {}): Promise<void> {
    const { junk, reject } = score
    if (!Number.isFinite(junk) || !Number.isFinite(reject) || junk >= reject) {
      throw usageError('the threshold for junk must be lower than the one for refusing')
    }
    await this.#edit(mailbox, `${junk},${reject}`, options)
    if (options.readBack === true) {
      await readBackOne('edit/spam-score', mailbox, score, () => this.get(mailbox, options))
    }
  }

  /** Back to the thresholds of the server. */
  async reset(mailbox: string, options: CallOptions = {}): Promise<void> {
    await this.#edit(mailbox, 'default', options)
  }

  async #edit(mailbox: string, value: string, options: CallOptions): Promise<void> {
    await writeEach(
      this.#api,
      mailbox,
      {
        route: 'edit/spam-score',
        done: ['mailbox_modified'],
        names: byName,
        normalise: normaliseMailbox,
        attr: { spam_score: value },
      },
      { signal: options.signal },
    )
  }
}
