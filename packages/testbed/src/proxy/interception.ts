import type { ProxyCommand } from './command.ts'
import { deferred } from '../deferred.ts'

/** Which command to act on, at which moment, and what to do then. */
export interface InterceptionRule {
  /** Tried on the first line of each command (`A7 APPEND "Sent" ...`, without secrets). */
  readonly command: RegExp | ((command: ProxyCommand) => boolean)
  /** Let this many matching commands pass first. Default 0. */
  readonly skip?: number
  /**
   * - `arrived`: its first line is here and not passed on; the server knows nothing of it.
   * - `midway`: `bytes` bytes of it, literals included, were passed on, and no more.
   * - `sent`: it was passed on to its end; from here on the server's bytes are withheld.
   * - `answered`: as `sent`, and the server's tagged answer to it is among the withheld bytes.
   */
  readonly when: 'arrived' | 'midway' | 'sent' | 'answered'
  /** For `midway`. */
  readonly bytes?: number
  /** `hold`: the connection stands still until `release()`. `cut`: it is destroyed towards both sides. */
  readonly action: 'hold' | 'cut'
}

/** One rule at work. It acts once. */
export interface Interception {
  /** Resolves with the command when the moment has come and the action is taken. */
  readonly happened: Promise<ProxyCommand>
  /** Lets everything that is held go on. */
  release(): void
}

export interface PendingInterception extends Interception {
  readonly rule: InterceptionRule
  /** Whether this command is the one; counts the skipped ones. */
  takes(command: ProxyCommand): boolean
  /** Called at the moment of action. Resolves when the connection may go on. */
  act(command: ProxyCommand): Promise<void>
}

export function newInterception(rule: InterceptionRule): PendingInterception {
  let skip = rule.skip ?? 0
  let taken = false
  const happened = deferred<ProxyCommand>()
  const released = deferred()
  return {
    rule,
    happened: happened.promise,
    release: () => released.resolve(),
    takes: (command) => {
      if (taken) return false
      const matches =
        typeof rule.command === 'function' ? rule.command(command) : rule.command.test(command.line)
      if (!matches) return false
      if (skip > 0) {
        skip -= 1
        return false
      }
      taken = true
      return true
    },
    act: (command) => {
      happened.resolve(command)
      return released.promise
    },
  }
}
