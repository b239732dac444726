import { MailcowError, type MailcowErrorCode } from './errors.ts'
import type { RawAnswer } from './http.ts'
import { describeMessage, type MailcowMessage } from './messages.ts'
import { clip } from './path.ts'
import { isRecord } from './reply.ts'

/**
 * What an answer is, before anybody asks what it means for a call:
 * `data` (plain JSON of a read), `entries` (the results of a write), `nothing_done` ("Task completed"), `empty`
 * (200 without a body), `failure` (refused at the level of the protocol).
 */
export type Envelope =
  | { readonly kind: 'data'; readonly value: unknown }
  | { readonly kind: 'entries'; readonly entries: readonly MailcowMessage[] }
  | { readonly kind: 'nothing_done' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'failure'; readonly error: MailcowError }

const FAIL2BAN_HINT =
  'Correct the key, or the addresses that may use it (System > Configuration > Access > API). Do not try again and again: mailcow counts each refused call, and its fail2ban bans the address after a few.'

/** What the answer was to. */
export interface AnsweredCall {
  readonly route: string
  /** Nothing can have changed, whatever went wrong. */
  readonly isRead: boolean
}

/** Reads an answer. Pure, and never throws. */
export function readEnvelope(answer: RawAnswer, call: AnsweredCall): Envelope {
  const { status, text } = answer
  if (text.trim() === '') return emptyAnswer(status, call)
  const value = parseJson(text)
  if (value === undefined) return { kind: 'failure', error: notJson(answer, call) }
  const refusal = protocolError(value, status, call)
  if (refusal !== undefined) return refusal
  if (isEntryList(value)) return { kind: 'entries', entries: value.map(readEntry) }
  return { kind: 'data', value }
}

function emptyAnswer(status: number, { route, isRead }: AnsweredCall): Envelope {
  if (status < 300) return { kind: 'empty' }
  return {
    kind: 'failure',
    error: new MailcowError(
      status >= 500 ? 'server_error' : 'unexpected_answer',
      `${route}: HTTP ${status} without a body`,
      {
        status,
        route,
        effect: isRead ? 'none' : 'unknown',
        retryable: status >= 500,
      },
    ),
  }
}

/** `{type: "error", msg}`: mailcow's answer before it looked at the object (or, with 200, instead of doing anything). */
function protocolError(value: unknown, status: number, call: AnsweredCall): Envelope | undefined {
  const { route } = call
  const entry = readObjectAnswer(value)
  if (entry === undefined) {
    if (status < 400) return undefined
    return { kind: 'failure', error: statusError(status, `${route}: HTTP ${status}`, [], call) }
  }
  if (entry.type === 'success' && entry.key === 'Task completed') return { kind: 'nothing_done' }
  if (entry.type !== 'error' && status < 400) return { kind: 'entries', entries: [entry] }
  const words = entry.key
  if (words.startsWith('api access denied for ip')) {
    return failure(
      'address_forbidden',
      `mailcow does not let this address use its API (${clip(words)})`,
      FAIL2BAN_HINT,
    )
  }
  if (status === 401) return failure('bad_key', 'mailcow does not accept the API key', FAIL2BAN_HINT)
  if (status === 403) {
    return failure(
      'read_only_key',
      `${route}: this API key may only read`,
      'Use the read-write key of mailcow.',
    )
  }
  if (status === 404 && words === 'route not found') {
    return failure(
      'unknown_route',
      `this mailcow has no ${route}`,
      'It may be older or newer than this client.',
    )
  }
  return {
    kind: 'failure',
    error: statusError(status, `${route}: mailcow says ${clip(words, 200)}`, [entry], call),
  }

  function failure(code: MailcowErrorCode, message: string, hint: string): Envelope {
    const messages = entry === undefined ? [] : [entry]
    return { kind: 'failure', error: new MailcowError(code, message, { status, route, hint, messages }) }
  }
}

function statusError(
  status: number,
  message: string,
  messages: readonly MailcowMessage[],
  { route, isRead }: AnsweredCall,
): MailcowError {
  const isServer = status >= 500
  return new MailcowError(isServer ? 'server_error' : 'unexpected_answer', message, {
    status,
    route,
    messages,
    retryable: isServer,
    // Below 500 mailcow refused before it did anything; above, it may have been in the middle.
    effect: isServer && !isRead ? 'unknown' : 'none',
  })
}

/** HTML and other bodies: an infrastructure failure, or not mailcow at all. Only an excerpt gets into the message. */
function notJson(answer: RawAnswer, { route, isRead }: AnsweredCall): MailcowError {
  const { status, text } = answer
  const excerpt = clip(
    text
      .slice(0, 20_000)
      .replaceAll(/<style[\s\S]*?<\/style>|<script[\s\S]*?<\/script>|<[^>]*>/g, ' ')
      .replaceAll(/[\s\p{Cc}]+/gu, ' ')
      .trim(),
    200,
  )
  if (status >= 500) {
    return new MailcowError('server_error', `mailcow is not ready: HTTP ${status}: ${excerpt}`, {
      status,
      route,
      effect: isRead ? 'none' : 'unknown',
      retryable: true,
      hint: 'Look at the containers of mailcow (docker compose ps); try again when they run.',
    })
  }
  return new MailcowError(
    'unexpected_answer',
    `${route}: HTTP ${status} with something that is not JSON: ${excerpt}`,
    {
      status,
      route,
      effect: isRead ? 'none' : 'unknown',
      hint: 'Check the URL: it must be that of the mailcow web interface.',
    },
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

const TYPES = ['success', 'danger', 'warning', 'info', 'error'] as const

function readType(value: unknown): MailcowMessage['type'] | undefined {
  return TYPES.find((type) => type === value)
}

/** A write's answer: every element has type, log and msg (rows of logs have other fields). */
function isEntryList(value: unknown): value is Record<string, unknown>[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(
      (entry) =>
        isRecord(entry) &&
        readType(entry['type']) !== undefined &&
        Object.hasOwn(entry, 'log') &&
        Object.hasOwn(entry, 'msg'),
    )
  )
}

function readObjectAnswer(value: unknown): MailcowMessage | undefined {
  if (!isRecord(value) || Object.keys(value).length !== 2) return undefined
  if (readType(value['type']) === undefined || !Object.hasOwn(value, 'msg')) return undefined
  return readEntry(value)
}

/** One `{type, log, msg}`; `msg` is a key, a sentence, or `[key, arg, …]`. The log is dropped: it can hold secrets. */
function readEntry(entry: Record<string, unknown>): MailcowMessage {
  const [head, ...rest] = Array.isArray(entry['msg']) ? (entry['msg'] as unknown[]) : [entry['msg']]
  const key = clip(typeof head === 'string' ? head : (JSON.stringify(head) ?? 'no message'), 300)
  const args = rest.slice(0, 20).map(readArgument)
  return {
    type: readType(entry['type']) ?? 'error',
    key,
    args,
    text: clip(describeMessage(key, args), 500),
  }
}

function readArgument(value: unknown): string | number | null {
  if (value === null || typeof value === 'number') return value
  return clip(decodeEntities(typeof value === 'string' ? value : (JSON.stringify(value) ?? '')), 300)
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#039;': "'",
  '&#39;': "'",
}

/** mailcow escapes HTML in the arguments of messages, and only there. */
function decodeEntities(value: string): string {
  return value.replaceAll(/&(?:amp|lt|gt|quot|#0?39);/g, (entity) => ENTITIES[entity] ?? entity)
}
