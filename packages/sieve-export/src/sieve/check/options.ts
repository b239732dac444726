import { mailcowExtensions } from '../grammar/extensions.ts'
import type { ParseOptions } from '../syntax/parse.ts'

/** What a server is like, as far as it decides about scripts. `mailcowServer` is one. */
export interface ServerFacts {
  /** Names of the extensions it offers to users: the SIEVE capability of ManageSieve (RFC 5804 §1.7). */
  readonly extensions: Iterable<string>
  /** Extensions that only its own global scripts may use: they get a message of their own. */
  readonly globalExtensions?: Iterable<string>
  /** Where included scripts can be (RFC 6609). Default: `personal` yes, `global` no. */
  readonly includes?: { readonly personal?: boolean; readonly global?: boolean }
  /** The NOTIFY capability. Default: mailto. */
  readonly notifyMethods?: Iterable<string>
  /** Largest script in bytes. Default: no limit. */
  readonly maxScriptBytes?: number
}

export interface CheckOptions extends ServerFacts, ParseOptions {
  /** Default 100; the check goes on, but reports no more. */
  readonly maxProblems?: number
}

/** mailcow, as its Dovecot is configured in 2026. */
export const mailcowServer: ServerFacts = {
  extensions: mailcowExtensions,
  globalExtensions: ['vnd.dovecot.pipe', 'vnd.dovecot.execute'],
  includes: { personal: true, global: false },
  maxScriptBytes: 1024 * 1024,
}
