import { append, appendEach, appendedUids, type AppendMessage } from '../commands/append.ts'
import type { FetchedBody } from '../commands/body-queue.ts'
import { fetchBodies } from '../commands/fetch-bodies.ts'
import type { MessageMetadata } from '../commands/fetch-metadata.ts'
import { searchUids } from '../commands/search.ts'
import { MessageHasher } from '../identity/hash.ts'
import { formatUidSet, includes, rangesOf } from '../state/ranges.ts'
import type { PairRun } from '../state/state.ts'
import { chooseFlags, flagsKey, type FlagChoice } from '../wire/flags.ts'
import type { CommandResult, Session } from '../wire/session.ts'
import type { Batch, FolderWork } from './folder-work.ts'
import { wholeUpTo } from './hash-messages.ts'
import type { Run } from './run.ts'
import type { Candidate } from './target-folder.ts'

/** What became of a batch's messages; each is in exactly one list. */
export interface SentBatch {
  /** Sent in this order. Stored when `answer` is OK. Sent one by one: those that were stored. */
  readonly sent: readonly SentMessage[]
  /** Sent one by one and refused, each for its own reason. */
  readonly refused: readonly { readonly message: MessageMetadata; readonly answer: CommandResult }[]
  /** Undefined when nothing was left to send, or of what was sent one by one nothing was stored. */
  readonly answer: CommandResult | undefined
  /** Target UIDs of `sent`; undefined when the answer does not tell. */
  readonly uids: readonly number[] | undefined
  /** On the target already. */
  readonly found: readonly FoundMessage[]
  readonly excluded: readonly { readonly message: MessageMetadata; readonly rule: string }[]
  /** Not to be sent at all: empty ones. */
  readonly empty: Batch
  /** Larger than what the target says that it takes (RFC 7889); with their true sizes. */
  readonly tooLarge: readonly { readonly message: MessageMetadata; readonly size: number }[]
  readonly unreadable: Batch
  readonly vanished: Batch
  /** To be sent alone: too large to be held, so their hash is known only after they have passed. */
  readonly postponed: Batch
}

export interface FoundMessage {
  readonly message: MessageMetadata
  readonly candidate: Candidate
  readonly hash: string
}

export interface SentMessage {
  readonly message: MessageMetadata
  readonly flags: readonly string[]
  readonly dropped: readonly string[]
  readonly size: number
}

export interface SendOptions {
  /** Waits for the server's go-ahead before each body. */
  readonly careful: boolean
  /** Content that is known not to be on the target: sent without a look. */
  readonly unmatched?: boolean
  /** One command a message. */
  readonly each?: boolean
  /** Leave all keywords out. */
  readonly bare?: boolean
  /** Nothing is sent to the target before this resolves. */
  readonly ready?: Promise<void>
  /** Called before the command's last bytes go out. */
  readonly onComplete?: () => void
}

type Collected = {
  -readonly [K in keyof Omit<SentBatch, 'answer' | 'uids' | 'vanished' | 'refused'>]: SentBatch[K][number][]
}

/**
 * Fetches a batch from the opened source folder and appends it to the target in one command, while it arrives. When it
 * rejects, nobody knows what was stored.
 */
export async function sendBatch(
  run: Run,
  sessions: { readonly source: Session; readonly target: Session },
  work: FolderWork,
  batch: Batch,
  options: SendOptions,
): Promise<SentBatch> {
  const collected: Collected = {
    sent: [],
    found: [],
    excluded: [],
    empty: [],
    tooLarge: [],
    unreadable: [],
    postponed: [],
  }
  const handed = { messages: 0, bytes: 0 }
  try {
    return await transfer(run, sessions, work, batch, options, collected, handed)
  } catch (error) {
    for (const { hash, candidate } of collected.found) work.target.unclaim(hash, candidate)
    throw error
  } finally {
    run.underWay(-handed.messages, -handed.bytes)
  }
}

async function transfer(
  run: Run,
  { source, target }: { readonly source: Session; readonly target: Session },
  work: FolderWork,
  batch: Batch,
  options: SendOptions,
  collected: Collected,
  handed: { messages: number; bytes: number },
): Promise<SentBatch> {
  const byUid = new Map(batch.map((message) => [message.uid, message]))
  const seen = new Set<number>()
  const fetch = fetchBodies(source, rangesOf(byUid.keys()), { wholeUpTo })
  let exhausted = false

  async function* messages(): AsyncGenerator<AppendMessage> {
    for await (const body of fetch.bodies) {
      const message = byUid.get(body.uid)
      // A server that sends a message twice must not make two of it.
      const wanted = message !== undefined && !seen.has(body.uid)
      seen.add(body.uid)
      const chunks = wanted ? await sift(run, work, message, body, collected, options) : undefined
      if (body.kind === 'unreadable') continue
      if (!wanted || chunks === undefined) {
        if (body.kind === 'stream') await drain(body.chunks)
        continue
      }
      const { flags, dropped } = flagsFor(message, work, options)
      collected.sent.push({ message, flags, dropped, size: body.size })
      yield { flags, date: message.date ?? fallbackDate, size: body.size, chunks }
      handed.messages += 1
      handed.bytes += body.size
      run.underWay(1, body.size)
      await run.throttle(body.size)
    }
    exhausted = true
  }

  const wire = work.target.wire
  const answers = options.each === true ? await appendEach(target, wire, messages(), options) : undefined
  const appended = answers === undefined ? await append(target, wire, messages(), options) : undefined
  // Refused before the bodies were through: the rest of them still comes, and nobody wants it.
  if (!exhausted) source.destroy()
  else await fetch.result
  const missing = exhausted ? batch.filter(({ uid }) => !seen.has(uid)) : []
  const { gone, there } = await stillThere(source, missing)
  collected.unreadable.push(...there)
  const outcome =
    answers === undefined
      ? together(work, collected.sent, await appended?.answer)
      : oneByOne(work, collected.sent, answers)
  return { ...collected, vanished: gone, ...outcome }
}

type Outcome = Pick<SentBatch, 'sent' | 'answer' | 'uids' | 'refused'>

function together(
  work: FolderWork,
  sent: readonly SentMessage[],
  answer: CommandResult | undefined,
): Outcome {
  const uids =
    answer?.status === 'OK' ? appendedUids(answer, work.target.uidValidity, sent.length) : undefined
  return { sent, answer, uids, refused: [] }
}

/** Each message has its own answer, but the last ones when sending was stopped. */
function oneByOne(
  { target }: FolderWork,
  sent: readonly SentMessage[],
  answers: readonly CommandResult[],
): Outcome {
  const answered = answers.flatMap((answer, index) => {
    const message = sent[index]
    return message === undefined ? [] : [{ message, answer }]
  })
  const stored = answered.filter(({ answer }) => answer.status === 'OK')
  const uids = stored.map(({ answer }) => appendedUids(answer, target.uidValidity, 1)?.[0])
  const known = uids.filter((uid) => uid !== undefined)
  return {
    sent: stored.map(({ message }) => message),
    answer: stored.at(-1)?.answer,
    uids: stored.length > 0 && known.length === stored.length ? known : undefined,
    refused: answered
      .filter(({ answer }) => answer.status === 'NO')
      .map(({ message: { message }, answer }) => ({ message, answer })),
  }
}

/** The flags a message is sent with. */
export function flagsFor(
  message: MessageMetadata,
  work: FolderWork,
  { bare = false }: Pick<SendOptions, 'bare'>,
): FlagChoice {
  const chosen = chooseFlags(message.flags, work.target.permanentFlags)
  if (!bare) return chosen
  const keywords = chosen.flags.filter((flag) => !flag.startsWith('\\'))
  return {
    flags: chosen.flags.filter((flag) => flag.startsWith('\\')),
    dropped: [...chosen.dropped, ...keywords],
  }
}

/** RFC 3501 makes every message have a date; a server that sends none gets the epoch, not today. */
const fallbackDate = { seconds: 0, zoneMinutes: 0 }

/** Decides what a body is for: the chunks to send, or undefined when it went into one of the lists. */
async function sift(
  run: Run,
  work: FolderWork,
  message: MessageMetadata,
  body: FetchedBody,
  collected: Collected,
  { unmatched = false }: SendOptions,
): Promise<Iterable<Buffer> | AsyncIterable<Buffer> | undefined> {
  if (body.kind === 'unreadable') {
    collected.unreadable.push(message)
    return undefined
  }
  // No server stores a message of no bytes.
  if (body.size === 0) {
    collected.empty.push(message)
    return undefined
  }
  const rules = (run.mailbox.exclude ?? []).filter((rule) => rule.kind === 'content')
  const needsHash = !unmatched && (work.target.candidates.size > 0 || rules.length > 0)
  const { appendLimit = Number.POSITIVE_INFINITY } = work.target
  const tooLarge = (): undefined => void collected.tooLarge.push({ message, size: body.size })
  if (!needsHash) return body.size > appendLimit ? tooLarge() : body.chunks
  const hasher = new MessageHasher()
  for await (const chunk of body.chunks) hasher.update(chunk)
  const hash = hasher.digest()
  const rule = rules.find(({ hashes }) => hashes.includes(hash))
  if (rule !== undefined) {
    collected.excluded.push({ message, rule: rule.name })
    return undefined
  }
  const candidate = work.target.claim(hash, message.date?.seconds)
  if (candidate !== undefined) {
    collected.found.push({ message, candidate, hash })
    return undefined
  }
  if (body.size > appendLimit) return tooLarge()
  if (body.kind === 'whole') return body.chunks
  collected.postponed.push(message)
  return undefined
}

async function drain(chunks: AsyncIterable<Buffer>): Promise<void> {
  const iterator = chunks[Symbol.asyncIterator]()
  while ((await iterator.next()).done !== true);
}

/** Which of the messages that did not come are gone, and which the server merely did not deliver. */
async function stillThere(
  source: Session,
  missing: Batch,
): Promise<{ readonly gone: Batch; readonly there: Batch }> {
  if (missing.length === 0) return { gone: [], there: [] }
  const present = await searchUids(source, formatUidSet(rangesOf(missing.map(({ uid }) => uid))))
  return {
    gone: missing.filter(({ uid }) => !includes(present, uid)),
    there: missing.filter(({ uid }) => includes(present, uid)),
  }
}

/** Pairs of what was stored; `uids` are the target UIDs of `sent`, in order. */
export function pairsOf(sent: readonly SentMessage[], uids: readonly number[]): readonly PairRun[] {
  return sent.map(({ message, flags }, index) => ({
    source: message.uid,
    target: uids[index] ?? 0,
    count: 1,
    flags: flagsKey(flags),
    origin: 'copied',
  }))
}
