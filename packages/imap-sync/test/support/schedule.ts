import type { Proxy } from '@iteg/testbed'
import type { MailboxClient } from './mailbox.ts'
import { troubleKinds, type TroubledServer } from './troubled-server.ts'
import { letter } from './mailbox.ts'

/** Chances that are the same for the same seed. */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** 0 ≤ result < 1. Mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new Error('nothing to pick from')
    return item
  }

  some<T>(items: readonly T[]): readonly T[] {
    return items.filter(() => this.next() < 0.3)
  }
}

export const sourceFolders = ['INBOX', 'INBOX.Kunden', 'INBOX.Gesendet', 'INBOX.Sent', 'INBOX.Junk'] as const

const flagSets: readonly (readonly string[])[] = [
  [],
  ['\\Seen'],
  ['\\Seen', '\\Answered'],
  ['\\Flagged', '$Label1'],
  ['\\Deleted'],
  ['NonJunk'],
]

/** Few different contents, so that twins are common; some are large enough to be sent piece by piece. */
export function randomLetters(
  chance: Chance,
  most: number,
): { text: string; flags: readonly string[]; date: string }[] {
  return Array.from({ length: chance.below(most + 1) }, () => {
    const number = chance.below(12)
    const body = chance.next() < 0.03 ? 'x'.repeat(1_200_000) : 'Guten Tag! '.repeat(number * number)
    return {
      text: letter(`letter ${number}`, body),
      flags: chance.pick(flagSets),
      date: `1${chance.below(3)}-Nov-2026 10:00:0${chance.below(3)} +0100`,
    }
  })
}

/** Something a user does to the old mailbox. Returns what it was, for the record. */
export async function randomOperation(chance: Chance, old: MailboxClient): Promise<string> {
  const folder = chance.pick(sourceFolders)
  const uids = await old.uids(folder)
  switch (chance.below(5)) {
    case 0: {
      const some = chance.some(uids).slice(0, 10)
      await old.expunge(folder, some)
      return `expunge ${folder} ${some.join()}`
    }
    case 1: {
      const to = chance.pick(sourceFolders.filter((other) => other !== folder))
      const some = chance.some(uids).slice(0, 6)
      await old.move(folder, some, to)
      return `move ${folder} ${some.join()} to ${to}`
    }
    case 2: {
      const some = chance.some(uids)
      const flags = chance.pick(flagSets)
      if (some.length > 0) await old.store(folder, some, flags)
      return `store ${folder} ${some.join()} ${flags.join()}`
    }
    default: {
      const letters = randomLetters(chance, 8)
      if (letters.length > 0) await old.append(folder, letters)
      return `append ${folder} ${letters.length}`
    }
  }
}

/** Between the copier and one server. */
export interface Way {
  readonly proxy: Proxy
  readonly server: TroubledServer
}

/** Arranges that something fails somewhere, or several things. Returns what was arranged. */
export function randomTroubles(chance: Chance, ways: { readonly source: Way; readonly target: Way }): string {
  const arranged: string[] = []
  for (let index = chance.below(3); index >= 0; index -= 1) {
    const side = chance.next() < 0.7 ? 'target' : 'source'
    const { proxy, server } = ways[side]
    if (chance.next() < 0.4) {
      const from = chance.pick(['client', 'server'] as const)
      const after = 1 + chance.below(chance.pick([600, 6000, 30_000]))
      const kind = chance.pick(troubleKinds)
      server.expect({ after, from, kind })
      arranged.push(`${side}: ${kind} after ${after} bytes from the ${from}`)
      continue
    }
    const command =
      side === 'target'
        ? chance.pick(['APPEND', 'APPEND', 'UID MOVE', 'UID STORE', 'UID EXPUNGE', 'LIST', 'SELECT'])
        : chance.pick(['UID FETCH', 'EXAMINE', 'LIST'])
    const when = chance.pick(['arrived', 'sent', 'answered', 'midway'] as const)
    const skip = chance.below(4)
    proxy.intercept({
      command: (seen) => seen.name === command,
      skip,
      when,
      action: 'cut',
      ...(when === 'midway' ? { bytes: chance.below(3000) } : {}),
    })
    arranged.push(`${side}: cut ${command} number ${skip + 1} when ${when}`)
  }
  return arranged.join('; ')
}
