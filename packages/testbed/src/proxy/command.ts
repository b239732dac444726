/** A command that a client sent through the proxy, as far as tests need to know it. */
export interface ProxyCommand {
  /** Number of the connection, from 1. */
  readonly connection: number
  readonly tag: string
  /** Upper case; with `UID ` in front where it belongs: `UID FETCH`. */
  readonly name: string
  /** The first line, without what LOGIN and AUTHENTICATE carry. */
  readonly line: string
}

/** Reads the first line of a command; undefined for what is none: a SASL answer, the DONE of IDLE. */
export function readCommand(connection: number, line: string): ProxyCommand | undefined {
  const match = /^(\S+) (UID )?([A-Za-z]+)(?= |$)/i.exec(line)
  const [, tag, uid, word] = match ?? []
  if (match === null || tag === undefined || word === undefined) return undefined
  const name = `${uid === undefined ? '' : 'UID '}${word.toUpperCase()}`
  const secret = name === 'LOGIN' || name === 'AUTHENTICATE'
  return { connection, tag, name, line: secret ? `${tag} ${name}` : line }
}
