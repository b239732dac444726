import { afterAll, beforeAll, expect, test } from 'vitest'
import { MailcowClient, MailcowError, type MailcowErrorCode } from '../src/index.ts'
import { type OtherAnswer, readRecording, type Replay, type SeenRequest, startReplay } from './replay.ts'

/** What the client makes of one recorded answer. */
export interface Case {
  /** The recording's file name without `.json`. */
  readonly recording: string
  readonly call: (client: MailcowClient) => Promise<unknown>
  /** The typed result. */
  readonly result?: unknown
  readonly error?: ExpectedError
  /** The client refuses the call with this code; the recorded request is never sent. */
  readonly unsent?: MailcowErrorCode
  /** The client never sends this request (wrong key, broken JSON, …): only the answer is replayed. */
  readonly onlyAnswer?: boolean
  /** Body fields that we send and the recording does not, the other way round, and with another value. */
  readonly ours?: readonly string[]
  readonly theirs?: readonly string[]
  readonly changed?: readonly string[]
  /** Answers to the further calls that a method makes. */
  readonly others?: Readonly<Record<string, readonly OtherAnswer[]>>
}

interface ExpectedError {
  readonly code: MailcowErrorCode
  /** Keys of mailcow's messages, all of them. */
  readonly says?: readonly string[]
  readonly effect?: 'none' | 'partial' | 'unknown'
  readonly message?: RegExp
}

/** A case whose result is compared in those fields only that `expected` has, at every depth. */
export function like(
  recording: string,
  call: (client: MailcowClient) => Promise<unknown>,
  expected: unknown,
  rest: Partial<Case> = {},
): Case {
  return {
    recording,
    call: async (client) => project(await call(client), expected),
    result: expected,
    ...rest,
  }
}

/** The part of a value that has the shape of another one; lists keep their length. */
function project(value: unknown, shape: unknown): unknown {
  if (Array.isArray(value) && Array.isArray(shape)) {
    return value.map((item: unknown, index) => project(item, shape[index]))
  }
  if (!isPlain(value) || !isPlain(shape)) return value
  const fields = new Map(Object.entries(value))
  return Object.fromEntries(
    Object.entries(shape).map(([key, inner]) => [key, project(fields.get(key), inner)]),
  )
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

/** Runs each case against a server that says what mailcow said. */
export function runCases(cases: readonly Case[]): void {
  let replay: Replay
  beforeAll(async () => {
    replay = await startReplay()
  })
  afterAll(async () => {
    await replay[Symbol.asyncDispose]()
  })

  test.each(cases)('$recording', async (item) => {
    await using client = new MailcowClient({
      url: replay.url,
      apiKey: 'RW_KEY',
      timeZone: 'UTC',
      strict: true,
      retry: { attempts: 1 },
    })
    replay.play(item.recording, {
      asRecorded: item.onlyAnswer !== true,
      ...(item.others ? { others: item.others } : {}),
    })
    const outcome = await settle(item, item.call(client))
    expect({ outcome, request: sentRequest(item, replay.seen) }).toEqual({
      outcome: expectedOutcome(item),
      request: expectedRequest(item),
    })
  })
}

/** Either the result, or those facts of a MailcowError that the case names; other rejections fail the test. */
async function settle(item: Case, promise: Promise<unknown>): Promise<object> {
  try {
    return { result: await promise }
  } catch (error) {
    if (!(error instanceof MailcowError)) throw error
    const { effect, message, says } = expectedError(item)
    return {
      code: error.code,
      effect: effect === undefined ? undefined : error.effect,
      message: message === undefined || message.test(error.message) ? message?.source : error.message,
      says: says === undefined ? undefined : error.messages.map(({ key }) => key),
    }
  }
}

function expectedOutcome(item: Case): object {
  if (item.unsent === undefined && item.error === undefined) return { result: item.result }
  const { code, effect, message, says } = expectedError(item)
  return { code, effect, message: message?.source, says }
}

function expectedError(item: Case): Partial<ExpectedError> {
  return item.unsent === undefined ? (item.error ?? {}) : { code: item.unsent, effect: 'none' }
}

interface RequestReport {
  readonly line: string
  readonly key: string | undefined
  readonly ours: readonly string[]
  readonly theirs: readonly string[]
  readonly changed: readonly string[]
}

function expectedRequest(item: Case): RequestReport | 'not compared' | 'none' {
  if (item.unsent !== undefined) return 'none'
  if (item.onlyAnswer === true) return 'not compared'
  const { method, path } = readRecording(item.recording).request
  return {
    line: `${method} ${path}`,
    key: 'RW_KEY',
    ours: (item.ours ?? []).toSorted(),
    theirs: (item.theirs ?? []).toSorted(),
    changed: (item.changed ?? []).toSorted(),
  }
}

/** How the request for the recorded path differs from the recorded one. */
function sentRequest(
  item: Case,
  seen: readonly SeenRequest[],
): RequestReport | 'not compared' | 'none' | string[] {
  if (item.unsent !== undefined) return seen.length === 0 ? 'none' : seen.map(line)
  if (item.onlyAnswer === true) return 'not compared'
  const { request } = readRecording(item.recording)
  const found = seen.find(({ method, path }) => method === request.method && path === request.path)
  if (found === undefined) return seen.map(line)
  const ours = flatten(found.body)
  const theirs = flatten(request.body)
  return {
    line: line(found),
    key: String(found.headers['x-api-key']),
    ours: [...ours.keys()].filter((key) => !theirs.has(key)).toSorted(),
    theirs: [...theirs.keys()].filter((key) => !ours.has(key)).toSorted(),
    changed: [...ours.keys()]
      .filter((key) => theirs.has(key) && ours.get(key) !== theirs.get(key))
      .toSorted(),
  }
}

function line({ method, path }: SeenRequest): string {
  return `${method} ${path}`
}

/**
 * The fields of a body with their values as mailcow reads them: it does not tell 1 from "1" and true, nor one item
 * from a list of one.
 */
function flatten(body: unknown): Map<string, string> {
  if (body === undefined || body === null) return new Map()
  if (typeof body !== 'object' || Array.isArray(body)) return new Map([['items', plain(body)]])
  const fields = new Map<string, string>()
  for (const [key, value] of Object.entries(body)) {
    if (key === 'attr' && typeof value === 'object' && value !== null) {
      for (const [name, content] of Object.entries(value)) fields.set(name, plain(content))
    } else {
      fields.set(key, plain(value))
    }
  }
  return fields
}

function plain(value: unknown): string {
  if (Array.isArray(value)) return value.map(plain).join(',')
  if (value === true) return '1'
  if (value === false) return '0'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
