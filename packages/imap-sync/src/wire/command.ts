import { ImapSyncError } from '../errors.ts'

/** A piece of a command: text that is sent as it is (built by this folder's functions only), or a literal. */
export type CommandPart = string | { readonly literal: Buffer }

/** A command without its tag. `verb` is upper case and decides what guards and errors see: `UID FETCH`, `APPEND`. */
export interface Command {
  readonly verb: string
  readonly parts: readonly CommandPart[]
}

export function command(verb: string, ...parts: readonly CommandPart[]): Command {
  return { verb, parts }
}

/**
 * A wire name as an argument: the one place where mailbox names enter a command. Printable ASCII goes as a quoted
 * string, anything else as a literal; what could end a line is refused.
 */
export function mailboxArgument(wire: string): CommandPart {
  if (/[\0\r\n]|[^\0-\u00ff]/.test(wire))
    throw new ImapSyncError('refused', 'the folder’s name holds a line end; it cannot be asked for')
  if (/^[\u0020-\u007e]*$/.test(wire)) return `"${wire.replaceAll(/["\\]/g, String.raw`\$&`)}"`
  return { literal: Buffer.from(wire, 'latin1') }
}

/**
 * Which commands a connection may send. Checked for every command on its way out, so that no mistake further up can
 * write to a source or delete on a target that people already use.
 */
export type Permission = 'readOnly' | 'additive' | 'mirror'

const reading: ReadonlySet<string> = new Set([
  'NOOP',
  'LOGOUT',
  'CAPABILITY',
  'NAMESPACE',
  'ENABLE',
  'COMPRESS',
  'LIST',
  'LSUB',
  'STATUS',
  'GETACL',
  'EXAMINE',
  'UNSELECT',
  'UID FETCH',
  'UID SEARCH',
])
const adding: ReadonlySet<string> = new Set(['SELECT', 'CREATE', 'SUBSCRIBE', 'APPEND'])
const changing: ReadonlySet<string> = new Set([
  'UID STORE',
  'UID MOVE',
  'UID EXPUNGE',
  'DELETE',
  'UNSUBSCRIBE',
])

/** What STORE may do to mail that people already use. */
export const addsSeen = String.raw`+FLAGS.SILENT (\Seen)`

/** Throws `ImapSyncError` (`phase`) when the command is not permitted. */
export function checkPermission({ verb, parts }: Command, permission: Permission): void {
  const text = parts.map((part) => (typeof part === 'string' ? part : '')).join(' ')
  if (reading.has(verb)) {
    // BODY[...] without PEEK sets \Seen at the source.
    if (verb === 'UID FETCH' && /\bBODY\[|\bRFC822(?:\.TEXT)?(?![.\w])/i.test(text))
      throw forbidden(verb, permission)
    return
  }
  if (permission !== 'readOnly' && adding.has(verb)) return
  if (permission === 'additive' && verb === 'UID STORE' && parts[1] === addsSeen && parts.length === 2) return
  if (permission === 'mirror' && changing.has(verb)) return
  throw forbidden(verb, permission)
}

function forbidden(verb: string, permission: Permission): ImapSyncError {
  const reason =
    permission === 'readOnly' ? 'this side is only read' : 'only additions are allowed from now on'
  return new ImapSyncError('phase', `${verb} was about to be sent, but ${reason}`, {
    command: verb,
    retryable: false,
  })
}
