import type { AccountStore } from './account-store.ts'
import { isRecord, isset, sqlTime, type JsonRecord, type JsonValue } from './php-values.ts'
import type { MailcowState } from './state.ts'

/** What every handler works on. */
export interface DoubleContext {
  readonly state: MailcowState
  readonly accounts: AccountStore
  readonly hostname: string
  readonly version: string
  readonly now: () => Date
  readonly hashPassword: (password: string) => Promise<string>
  /** From 0 to 1, as Math.random. */
  readonly random: () => number
}

/** One entry of an add, edit or delete answer. */
export interface Message {
  readonly type: 'success' | 'danger' | 'warning' | 'info'
  readonly log: JsonValue
  readonly msg: MessageText
}
export type MessageText = string | JsonValue[]

interface GetCall {
  readonly context: DoubleContext
  readonly state: MailcowState
  /** The third and fourth part of `get/CATEGORY/OBJECT/EXTRA`, decoded twice. */
  readonly object: string | undefined
  readonly extra: string | undefined
  /** `?tags=a,b`. */
  readonly tags: readonly string[] | undefined
}

/** Answers of a GET that are not "the value, or {} when it is empty". */
export class RawBody {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** `route not found`, decided by a handler: `get/logs/UNKNOWN`. */
export class RouteNotFound extends Error {
  override readonly name = 'RouteNotFound'
}

type GetRoute = (call: GetCall) => JsonValue | RawBody | Promise<JsonValue | RawBody>

export interface WriteRoute {
  /** How the function that mailcow runs names itself in `log`, for example `['mailbox', 'add', 'domain']`. */
  readonly log: readonly string[]
  /** Some functions end their log with an undefined variable, which prints as null. */
  readonly logTail?: boolean
  /** Under which name edit and delete pass their items on. */
  readonly items?: string
  /** Under which name the fourth part of the path is passed on: `delete/mailbox/tag/ADDRESS`. */
  readonly extra?: string
  /** Secrets that the log shows as `*`. */
  readonly masked?: readonly string[]
  readonly run: (call: WriteCall) => void | RawBody | Promise<void | RawBody>
}

/** What one resource adds to the API, by category or by `category/object`. */
export interface Resource {
  readonly get?: Readonly<Record<string, GetRoute>>
  readonly add?: Readonly<Record<string, WriteRoute>>
  readonly edit?: Readonly<Record<string, WriteRoute>>
  readonly delete?: Readonly<Record<string, WriteRoute>>
  readonly search?: Readonly<Record<string, SearchRoute>>
}

type SearchRoute = (context: DoubleContext, query: JsonRecord) => Promise<JsonValue>

/** One add, edit or delete call while it runs. */
export class WriteCall {
  readonly context: DoubleContext
  readonly data: JsonRecord
  readonly #messages: Message[]
  readonly #log: JsonValue

  constructor(
    context: DoubleContext,
    route: WriteRoute,
    input: { data: JsonRecord; logged: JsonValue; messages: Message[] },
  ) {
    this.context = context
    this.data = input.data
    this.#messages = input.messages
    this.#log = [
      ...route.log,
      mask(input.logged, route.masked ?? []),
      ...(route.logTail === true ? [null] : []),
    ]
  }

  get state(): MailcowState {
    return this.context.state
  }

  /** The time as SQL's NOW() prints it. */
  get now(): string {
    return sqlTime(this.context.now())
  }

  success(msg: MessageText): void {
    this.#messages.push({ type: 'success', log: this.#log, msg })
  }

  danger(msg: MessageText): void {
    this.#messages.push({ type: 'danger', log: this.#log, msg })
  }

  warning(msg: MessageText): void {
    this.#messages.push({ type: 'warning', log: this.#log, msg })
  }

  /** A message of another function that this one calls, with that function's own log. */
  push(message: Message): void {
    this.#messages.push(message)
  }

  /** Another function that this one calls: its messages join this answer. */
  nested(route: WriteRoute, data: JsonRecord): WriteCall {
    return new WriteCall(this.context, route, { data, logged: data, messages: this.#messages })
  }
}

function mask(data: JsonValue, names: readonly string[]): JsonValue {
  if (!isRecord(data)) return data
  const masked = names.filter((name) => isset(data[name])).map((name) => [name, '*'] as const)
  return masked.length === 0 ? data : { ...data, ...Object.fromEntries(masked) }
}
