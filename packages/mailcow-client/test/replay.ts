import { readFileSync, readdirSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { z } from 'zod'

const recordingSchema = z.object({
  name: z.string(),
  given: z.string(),
  request: z.object({
    method: z.string(),
    path: z.string(),
    headers: z.record(z.string(), z.unknown()),
    body: z.unknown(),
  }),
  response: z.object({ status: z.number(), contentType: z.string(), body: z.unknown() }),
})

/** One recorded call of the real mailcow, as it lies in the test bed's data. */
export type Recording = z.output<typeof recordingSchema>

const FOLDER = new URL('../../testbed/data/mailcow-recordings/', import.meta.url)

/** File names without `.json` of all single calls, e.g. `070-get-domain-ok`. */
export const RECORDING_NAMES: readonly string[] = readdirSync(FOLDER)
  .filter((file) => /^\d{3}-.*\.json$/.test(file))
  .map((file) => file.slice(0, -'.json'.length))
  .toSorted()

export function readRecording(name: string): Recording {
  return recordingSchema.parse(readJson(`${name}.json`))
}

export function readJson(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))
}

export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

/** An answer to another call than the recorded one: a recording's, or JSON. */
export type OtherAnswer = { readonly recording: string } | { readonly json: unknown }

interface PlayOptions {
  /** false: the recorded answer goes to every request that has none in `others`. Default true: only to its own. */
  readonly asRecorded?: boolean
  /** `METHOD /path` to answers, given in turn, the last one again and again. */
  readonly others?: Readonly<Record<string, readonly OtherAnswer[]>>
}

export interface Replay extends AsyncDisposable {
  readonly url: string
  /** What came since the last `play`. */
  readonly seen: readonly SeenRequest[]
  /** From now on this recording is answered; what has no answer gets 599. */
  play(recording: string, options?: PlayOptions): void
}

interface Answer {
  readonly status: number
  readonly contentType: string
  readonly text: string
}

function answerOf(recording: Recording): Answer {
  const { status, contentType, body } = recording.response
  return { status, contentType, text: typeof body === 'string' ? body : JSON.stringify(body) }
}

/** A server that says what mailcow said, and remembers what it was asked. */
export async function startReplay(): Promise<Replay> {
  const seen: SeenRequest[] = []
  let recording: Recording | undefined
  let asRecorded = true
  let queues = new Map<string, OtherAnswer[]>()

  function answer(method: string, path: string): Answer {
    const queue = queues.get(`${method} ${path.replace('/api/v1', '')}`) ?? []
    const next = queue.length > 1 ? queue.shift() : queue[0]
    if (next !== undefined && 'recording' in next) return answerOf(readRecording(next.recording))
    if (next !== undefined)
      return { status: 200, contentType: 'application/json', text: JSON.stringify(next.json) }
    const isSame = recording?.request.method === method && recording.request.path === path
    if (recording !== undefined && (isSame || !asRecorded)) return answerOf(recording)
    return { status: 599, contentType: 'text/plain', text: `the test has no answer to ${method} ${path}` }
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      const method = request.method ?? ''
      const path = request.url ?? ''
      const body: unknown = text === '' ? undefined : JSON.parse(text)
      seen.push({ method, path, headers: request.headers, body })
      const found = answer(method, path)
      response.writeHead(found.status, {
        'Content-Type': found.contentType,
        'Set-Cookie': 'MCSESSID=abc; path=/',
      })
      response.end(found.text)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    seen,
    play(name, options = {}) {
      recording = readRecording(name)
      asRecorded = options.asRecorded ?? true
      queues = new Map(Object.entries(options.others ?? {}).map(([key, list]) => [key, [...list]]))
      seen.length = 0
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}
