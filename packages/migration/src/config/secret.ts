import { inspect } from 'node:util'

/** What every careless way of printing a secret shows instead. */
const HIDDEN = '[secret]'

/**
 * A password, key or URL with a password in it. It prints as `[secret]` in strings, JSON and `util.inspect`; only
 * `reveal()` gives it away, so that each use can be found by searching for that word.
 */
export class Secret {
  /** How the configuration refers to it, such as `${OLD_MASTER_PASSWORD}`: safe to print. */
  readonly reference: string
  readonly #open: () => string

  /** @param open returns the secret; called at each `reveal()`, may throw when the reference leads nowhere */
  constructor(reference: string, open: () => string) {
    this.reference = reference
    this.#open = open
  }

  /** The secret itself. Hand it to the server it is for, and to nobody else. */
  reveal(): string {
    return this.#open()
  }

  toString(): string {
    return HIDDEN
  }

  toJSON(): string {
    return HIDDEN
  }

  [inspect.custom](): string {
    return HIDDEN
  }
}
