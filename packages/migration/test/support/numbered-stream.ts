import { setTimeout as pause } from 'node:timers/promises'
import { stayingDomain, stayingPassword, submit, tenant, type Testbed } from '@iteg/testbed'

/** How a message comes in. */
type Way = 'mx' | 'submitted on the old server' | 'submitted on mailcow'
const WAYS: readonly Way[] = ['mx', 'submitted on the old server', 'submitted on mailcow']

/** Whom to write to, and where it has to end. */
export interface StreamTarget {
  readonly to: string
  /** Mailboxes of the domain. */
  readonly mailboxes: readonly string[]
  /** Addresses outside. */
  readonly outside: readonly string[]
}

export interface SentMessage {
  readonly number: string
  readonly way: Way
  readonly target: StreamTarget
  readonly begunAt: number
  readonly acceptedAt: number
}

export interface NumberedStream {
  readonly sent: readonly SentMessage[]
  /** Refusals for good, each with the server's words: every one is a lost message. */
  readonly refused: readonly string[]
  /** Times that a sender had to try again: 4xx, or no connection. */
  readonly retries: () => number
  /** So many may be sent; resolves when they are. The stream is slowed down or hastened by it. */
  reach(count: number): Promise<void>
  /** No more are begun; resolves when those begun are accepted. */
  stop(): Promise<void>
}

const SENDERS = 6
/** Header field with the number. */
export const NUMBER_HEADER = 'X-Number'
const TRIES = 100

/** Sends numbered messages, one after the other on several lanes: each way and each target in turn, all combinations the same. */
export function startStream(bed: Testbed, targets: readonly StreamTarget[], prefix: string): NumberedStream {
  const sent: SentMessage[] = []
  const refused: string[] = []
  let begun = 0
  let retries = 0
  const stopped = new AbortController()
  let allowed = SENDERS * 2
  const sendOne = async (index: number): Promise<void> => {
    const way = WAYS[index % WAYS.length] ?? 'mx'
    const target = targets[Math.floor(index / WAYS.length) % targets.length]
    if (target === undefined) throw new Error('nobody to write to')
    const number = `${prefix}-${index}`
    // A catch-all is tried with a name of its own each time.
    const to = target.to.startsWith('@') ? `nobody${index}${target.to}` : target.to
    const begunAt = Date.now()
    for (let attempt = 1; ; attempt += 1) {
      try {
        await hand(bed, way, to, number)
        sent.push({ number, way, target, begunAt, acceptedAt: Date.now() })
        return
      } catch (error) {
        const code = Reflect.get(Object(error), 'responseCode')
        if ((typeof code === 'number' && code >= 500) || attempt === TRIES) {
          refused.push(`${number} to ${to}, ${way}: ${String(error).slice(0, 300)}`)
          return
        }
        retries += 1
        await pause(100)
      }
    }
  }
  const lanes = Array.from({ length: SENDERS }, async () => {
    while (!stopped.signal.aborted)
      if (begun < allowed) await sendOne(begun++)
      else await pause(5)
  })
  return {
    sent,
    refused,
    retries: () => retries,
    reach: async (count) => {
      // Some are under way at any moment, also while nobody waits here.
      allowed = count + SENDERS * 2
      while (sent.length + refused.length < count) await pause(5)
    },
    stop: async () => {
      stopped.abort()
      await Promise.all(lanes)
    },
  }
}

async function hand(bed: Testbed, way: Way, to: string, number: string): Promise<void> {
  const raw = `From: somebody@outside.example\r\nTo: ${to}\r\nMessage-ID: <${number}@stream.example>\r\nSubject: Message ${number}\r\n${NUMBER_HEADER}: ${number}\r\n\r\n${number}\r\n`
  if (way === 'mx') await bed.outside.send({ to, raw })
  else if (way === 'submitted on mailcow')
    await submit(bed.new.postfix.submission, { user: tenant.mailbox, password: tenant.password, to, raw })
  else
    await submit(bed.old.postfix.submission, {
      user: stayingDomain.mailboxes[0]?.address ?? '',
      password: stayingPassword,
      to,
      raw,
    })
}
