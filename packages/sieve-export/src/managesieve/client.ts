import { type ManageSieveCapabilities, readCapabilities } from './capabilities.ts'
import { ManageSieveError, type ManageSieveErrorCode } from './errors.ts'
import type { ManageSieveLogin } from './options.ts'
import { firstLine, type Response, textOf } from './response.ts'
import { plainDialogue, plainResponse } from './sasl.ts'
import { parseScriptProblems, type ScriptProblem } from './script-problems.ts'
import { checkScriptName, encodeLiteral, encodeString } from './strings.ts'
import type { Line } from './tokens.ts'
import type { Answer, CommandOptions, Wire } from './wire.ts'

/** A script on the server. */
export interface ListedScript {
  readonly name: string
  readonly active: boolean
}

/** What the server says of a script that it takes. */
export interface ScriptVerdict {
  /** E.g. an include of a script that is not there. */
  readonly warnings: readonly ScriptProblem[]
}

/** How a connection is protected; absent on a plain one. */
export interface ManageSieveTls {
  readonly protocol: string
  readonly cipher: string
}

export interface ClientParts {
  readonly wire: Wire
  /** Host and port. */
  readonly server: string
  readonly capabilities: ManageSieveCapabilities
  readonly tls: ManageSieveTls | undefined
  readonly allowInsecure: boolean
  readonly maxScriptBytes: number
  readonly onClose: () => void
}

/**
 * One ManageSieve session (RFC 5804). Commands may be called at the same time and go out one after the other. Each rejects
 * with `ManageSieveError`, or the signal's reason once the connection was aborted; a NO leaves the session usable, anything
 * else ends it. Close it, or `await using`.
 */
export class ManageSieveClient implements AsyncDisposable {
  readonly tls: ManageSieveTls | undefined
  readonly #parts: ClientParts
  #capabilities: ManageSieveCapabilities

  constructor(parts: ClientParts) {
    this.#parts = parts
    this.tls = parts.tls
    this.#capabilities = parts.capabilities
  }

  /** As the server last told them; after a login those of the user. */
  get capabilities(): ManageSieveCapabilities {
    return this.#capabilities
  }

  /** False once the connection was closed or lost. */
  get isAlive(): boolean {
    return this.#parts.wire.isAlive
  }

  /**
   * Logs in with SASL PLAIN and reads the user's capabilities. Sends nothing over a connection without TLS unless
   * `allowInsecure` (`tls`). A refusal (`login`) is never repeated by us.
   */
  async authenticate(login: ManageSieveLogin): Promise<void> {
    const { server, allowInsecure } = this.#parts
    if (this.tls === undefined && !allowInsecure)
      throw new ManageSieveError(
        'tls',
        `the connection to ${server} is not encrypted, so no password is sent over it`,
      )
    const response = plainResponse(login)
    const { mechanisms } = this.#capabilities
    if (!mechanisms.has('PLAIN'))
      throw new ManageSieveError(
        'login',
        `${server} does not offer SASL PLAIN (it offers ${[...mechanisms].slice(0, 10).join(' ') || 'nothing'})`,
      )
    const answer = await this.#loginAnswer(response)
    if (answer.response.status !== 'OK') throw this.#refusal('AUTHENTICATE', answer.response, 'login')
    await this.capability()
  }

  async #loginAnswer(response: Buffer): Promise<Answer> {
    const { wire, server } = this.#parts
    try {
      return await wire.command('AUTHENTICATE', [Buffer.from('"PLAIN"'), response], {
        reply: plainDialogue(response),
      })
    } catch (error) {
      // Dovecot hangs up when the passdb says yes and the userdb knows nobody of that name.
      if (!(error instanceof ManageSieveError) || error.code !== 'closed') throw error
      throw new ManageSieveError(
        'loginTemporary',
        `${server} closed the connection during login (mailcow does so for a mailbox that is inactive or unknown)`,
        { command: 'AUTHENTICATE', cause: error },
      )
    }
  }

  /** Asks for the capabilities again (RFC 5804 §2.4). */
  async capability(): Promise<ManageSieveCapabilities> {
    const { lines } = await this.#must('CAPABILITY')
    this.#capabilities = capabilitiesOf(lines)
    return this.#capabilities
  }

  /** RFC 5804 §2.7. A script that is active without being among the stored ones cannot be seen this way. */
  async listScripts(): Promise<readonly ListedScript[]> {
    const { lines } = await this.#must('LISTSCRIPTS')
    return lines.map(([name, mark]) => {
      if (name?.kind !== 'string') throw this.#nonsense('LISTSCRIPTS')
      return {
        name: name.value.toString('utf8'),
        active: mark?.kind === 'atom' && mark.value.toUpperCase() === 'ACTIVE',
      }
    })
  }

  /** The script's bytes as they are (RFC 5804 §2.9). `refused` with `NONEXISTENT` when there is none. */
  async getScript(name: string): Promise<Uint8Array> {
    checkScriptName(name)
    const { lines } = await this.#must('GETSCRIPT', [encodeString(name)])
    const [content] = lines[0] ?? []
    if (content?.kind !== 'string' || lines.length !== 1) throw this.#nonsense('GETSCRIPT')
    return content.value
  }

  /**
   * Stores a script, replacing one of that name (RFC 5804 §2.6): the server compiles it first. Rejects with `script` and
   * its `problems`, or `refused` (`QUOTA...`, a name that it does not take).
   */
  async putScript(name: string, script: string | Uint8Array): Promise<ScriptVerdict> {
    checkScriptName(name)
    return this.#judged('PUTSCRIPT', [encodeString(name), this.#literal(script)], name)
  }

  /** Lets the server compile a script without storing it (RFC 5804 §2.12). Rejects as {@link putScript} does. */
  async checkScript(script: string | Uint8Array): Promise<ScriptVerdict> {
    return this.#judged('CHECKSCRIPT', [this.#literal(script)])
  }

  /** Makes a stored script the active one (RFC 5804 §2.8), or none with `undefined`. */
  async setActive(name: string | undefined): Promise<void> {
    if (name !== undefined) checkScriptName(name)
    await this.#must('SETACTIVE', [encodeString(name ?? '')])
  }

  /** RFC 5804 §2.11. `refused` with `ALREADYEXISTS` when the new name is taken. */
  async renameScript(from: string, to: string): Promise<void> {
    checkScriptName(from)
    checkScriptName(to)
    await this.#must('RENAMESCRIPT', [encodeString(from), encodeString(to)])
  }

  /** RFC 5804 §2.10. `refused` with `ACTIVE` for the active one. */
  async deleteScript(name: string): Promise<void> {
    checkScriptName(name)
    await this.#must('DELETESCRIPT', [encodeString(name)])
  }

  /** Resolves when a script of so many bytes would be taken (RFC 5804 §2.5); `refused` with `QUOTA...` when not. */
  async haveSpace(name: string, bytes: number): Promise<void> {
    checkScriptName(name)
    if (!Number.isSafeInteger(bytes) || bytes < 0)
      throw new ManageSieveError('usage', 'a size is a whole number of bytes')
    await this.#must('HAVESPACE', [encodeString(name), Buffer.from(String(bytes))])
  }

  /** RFC 5804 §2.13. With a tag the server must send it back (`protocol` when it does not). */
  async noop(tag?: string): Promise<void> {
    const { response } = await this.#must('NOOP', tag === undefined ? [] : [encodeString(tag)])
    const isEchoed = response.code?.name === 'TAG' && response.code.arguments[0] === tag
    if (tag !== undefined && !isEchoed) throw this.#nonsense('NOOP')
  }

  /** Says goodbye (RFC 5804 §2.3) and closes; what the server makes of it does not matter. Idempotent. */
  async logout(): Promise<void> {
    try {
      await this.#parts.wire.command('LOGOUT')
    } catch (error) {
      if (!(error instanceof ManageSieveError)) throw error
    } finally {
      this.close()
    }
  }

  /** Ends the connection at once, without a word to the server. Idempotent. */
  close(): void {
    this.#parts.onClose()
    this.#parts.wire.destroy()
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close()
    return Promise.resolve()
  }

  #literal(script: string | Uint8Array): Buffer {
    const bytes = typeof script === 'string' ? Buffer.from(script, 'utf8') : script
    if (bytes.length > this.#parts.maxScriptBytes)
      throw new ManageSieveError('limit', `a script may have ${this.#parts.maxScriptBytes} bytes at most`)
    return encodeLiteral(bytes)
  }

  async #judged(
    verb: 'PUTSCRIPT' | 'CHECKSCRIPT',
    parts: readonly Buffer[],
    name?: string,
  ): Promise<ScriptVerdict> {
    const { response } = await this.#parts.wire.command(verb, parts)
    if (response.status !== 'OK') throw this.#refusedScript(verb, response, name)
    const isWarned = response.code?.name === 'WARNINGS'
    return { warnings: isWarned ? parseScriptProblems(response.text, 'warning', name) : [] }
  }

  /** A NO without a code is about the script itself, unless the server says nothing that looks like it (RFC 5804 §2.6). */
  #refusedScript(verb: string, response: Response, name: string | undefined): ManageSieveError {
    const problems = response.code === undefined ? parseScriptProblems(response.text, 'error', name) : []
    const isPlaced = problems.some(({ line }) => line !== undefined)
    if (problems.length === 0 || (verb === 'PUTSCRIPT' && !isPlaced)) return this.#refusal(verb, response)
    const [first] = problems
    const place = first?.line === undefined ? '' : `line ${first.line}: `
    return new ManageSieveError(
      'script',
      `${this.#parts.server} does not accept the script: ${place}${firstLine(first?.message ?? '')}`,
      { command: verb, serverText: response.text, problems },
    )
  }

  async #must(verb: string, parts: readonly Buffer[] = [], options: CommandOptions = {}): Promise<Answer> {
    const answer = await this.#parts.wire.command(verb, parts, options)
    if (answer.response.status !== 'OK') throw this.#refusal(verb, answer.response)
    return answer
  }

  #refusal(
    verb: string,
    { code, text }: Response,
    fallback: ManageSieveErrorCode = 'refused',
  ): ManageSieveError {
    const { server } = this.#parts
    const referral = code?.name === 'REFERRAL' ? code.arguments[0] : undefined
    const details = {
      command: verb,
      serverText: text,
      ...(code === undefined ? {} : { responseCode: code.name }),
      ...(referral === undefined ? {} : { referral }),
    }
    if (referral !== undefined)
      return new ManageSieveError(
        'referral',
        `${server} refers to another server: ${firstLine(referral)}`,
        details,
      )
    if (fallback === 'login' && code?.name === 'TRYLATER')
      return new ManageSieveError(
        'loginTemporary',
        `${server}: login is not possible now: ${firstLine(text)}`,
        details,
      )
    const what = fallback === 'login' ? 'login refused' : `${verb} was refused`
    return new ManageSieveError(fallback, `${server}: ${what}: ${firstLine(text)}`, details)
  }

  #nonsense(verb: string): ManageSieveError {
    const error = new ManageSieveError(
      'protocol',
      `${this.#parts.server} answered ${verb} with something else`,
      {
        command: verb,
      },
    )
    this.#parts.wire.destroy(error)
    return error
  }
}

/** Lines of a capability response (RFC 5804 §1.7). */
export function capabilitiesOf(lines: readonly Line[]): ManageSieveCapabilities {
  return readCapabilities(
    lines.map(([name, value]) => ({
      name: name === undefined ? '' : textOf(name),
      value: value === undefined ? undefined : textOf(value),
    })),
  )
}
