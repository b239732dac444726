import { AnnouncedMasters } from './announced-masters.ts'
import { logEntries } from './entries.ts'
import { readMessage } from './message.ts'
import type { Login } from './model.ts'
import { stamped } from './timestamp.ts'

export interface ReadLoginsOptions {
  /** When the log was last written: syslog's times have no year. Default: now. */
  readonly before?: Date
  /** Between user and master user in a login name. Default `*`. */
  readonly masterSeparator?: string
}

/**
 * The logins in a log of Dovecot (2.2 to 2.4): its own file, syslog's, or the journal's export. The caller opens, decompresses
 * and orders files. Streaming, with bounded memory; lines that are something else, or too long, are passed over, and nothing
 * in them is taken for a login that did not happen.
 *
 * Logins of master users are marked, not left out. Dovecot tells them apart only with `auth_verbose = yes`, or when
 * `login_log_format_elements` names the master user.
 */
export async function* readLogins(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ReadLoginsOptions = {},
): AsyncGenerator<Login> {
  const before = options.before ?? new Date()
  const masters = new AnnouncedMasters()
  for await (const entry of logEntries(chunks)) {
    const { time, rest } =
      entry.kind === 'message' ? { time: entry.time, rest: entry.text } : (stamped(entry.text, before) ?? {})
    if (time === undefined || rest === undefined) continue
    const message = readMessage(rest, options.masterSeparator)
    if (message === undefined) continue
    if (message.kind === 'master') {
      masters.announce(message, time)
      continue
    }
    const { user, protocol, remote } = message
    const master = message.master ?? masters.claim(message, time)
    yield {
      time,
      user,
      protocol,
      ...(remote === undefined ? {} : { remote }),
      ...(master === undefined ? {} : { master }),
    }
  }
}
