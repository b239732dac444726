import { HTML_TYPE, JSON_TYPE, type ApiAnswer } from './router.ts'
import { deferred, type Deferred } from '../deferred.ts'
import { phpJson } from './php-json.ts'
import { staticText } from './static-files.ts'

/**
 * What goes wrong:
 * - `html502`: php-fpm is away, the web server's own page; nothing was done
 * - `html500`: `service` cannot be reached, mailcow's page says so; nothing was done
 * - `empty200`: an exception that nobody catches, before anything was written
 * - `empty200-after-write`: the same, but the call had its effect
 * - `drop-before-write`, `drop-after-write`: the connection ends without an answer
 * - `slow`: the answer waits `delayMs`, or until `release()`
 * - `object-error`: `{"type":"error","msg":...}` with status 200 and no effect
 */
export type FaultKind =
  | 'html502'
  | 'html500'
  | 'empty200'
  | 'empty200-after-write'
  | 'drop-before-write'
  | 'drop-after-write'
  | 'slow'
  | 'object-error'

export interface FaultOptions {
  readonly kind: FaultKind
  /** `add/mailbox`, `get/domain/all`, or a pattern over the path behind `/api/v1/`; `dav/PUT` for what goes to SOGo; absent: all. */
  readonly route?: string | RegExp
  /** How often; absent: once. */
  readonly times?: number
  /** For `slow`; absent: until `release()`. */
  readonly delayMs?: number
  /** For `html500`. */
  readonly service?: 'dockerapi' | 'redis' | 'database'
  /** For `object-error`. */
  readonly msg?: string
}

export interface Fault {
  /** How many times it will still happen. */
  readonly remaining: number
  /** Lets the calls that `slow` holds back go on, and ends the fault. */
  release(): void
}

export interface FaultList {
  add(options: FaultOptions): Fault
  /** The fault that this call meets, which is used up by it. */
  take(path: string): TakenFault | undefined
  releaseAll(): void
}

interface TakenFault {
  readonly kind: FaultKind
  /** The answer of the kinds that answer without doing anything. */
  readonly answer: ApiAnswer | undefined
  /** Resolves when the call may go on. */
  readonly gate: Promise<void>
}

export function faultList(): FaultList {
  const active: { options: FaultOptions; remaining: number; gate: Deferred<void> }[] = []
  return {
    add: (options) => {
      const entry = { options, remaining: options.times ?? 1, gate: deferred() }
      active.push(entry)
      return {
        get remaining() {
          return entry.remaining
        },
        release: () => {
          entry.remaining = 0
          entry.gate.resolve()
        },
      }
    },
    take: (path) => {
      const entry = active.find((fault) => fault.remaining > 0 && matches(fault.options.route, path))
      if (entry === undefined) return undefined
      entry.remaining -= 1
      const { kind, delayMs } = entry.options
      const gate = kind === 'slow' ? held(entry.gate.promise, delayMs) : Promise.resolve()
      return { kind, answer: answerOf(entry.options), gate }
    },
    releaseAll: () => {
      for (const entry of active) {
        entry.remaining = 0
        entry.gate.resolve()
      }
    },
  }
}

function matches(route: string | RegExp | undefined, path: string): boolean {
  if (route === undefined) return true
  if (typeof route === 'string') return path === route || path.startsWith(`${route}/`)
  return new RegExp(route.source, route.flags.replaceAll(/[gy]/g, '')).test(path)
}

async function held(released: Promise<void>, delayMs: number | undefined): Promise<void> {
  if (delayMs === undefined) return released
  const timer = deferred()
  const handle = setTimeout(() => timer.resolve(), delayMs)
  await Promise.race([released, timer.promise])
  clearTimeout(handle)
}

const REASONS = {
  dockerapi: ['dockerapi container', '111 - Connection refused'],
  redis: ['Redis', 'Connection refused'],
  database: ['database', '  SQLSTATE[HY000] [2002] No such file or directory'],
} as const

function answerOf(options: FaultOptions): ApiAnswer | undefined {
  switch (options.kind) {
    case 'html502':
      return { status: 502, contentType: HTML_TYPE, body: staticText('preparing.html') }
    case 'html500': {
      const [what, why] = REASONS[options.service ?? 'database']
      const body =
        `<center style='font-family:sans-serif;'>Connection to ${what} failed.<br /><br />` +
        `The following error was reported:<br/>${why}</center>\n`
      return { status: 500, contentType: HTML_TYPE, body }
    }
    case 'object-error':
      return {
        status: 200,
        contentType: JSON_TYPE,
        body: phpJson({ type: 'error', msg: options.msg ?? 'Cannot edit item' }),
      }
    case 'empty200':
      return { status: 200, contentType: JSON_TYPE, body: '' }
    case 'empty200-after-write':
    case 'drop-before-write':
    case 'drop-after-write':
    case 'slow':
      return undefined
    default:
      return options.kind satisfies never
  }
}
