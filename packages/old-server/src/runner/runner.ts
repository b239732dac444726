/** What a command said. Output beyond the limit is cut. */
export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  /** Given to the command as its standard input. */
  readonly input?: string
  /** Default 60,000 ms. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal | undefined
}

export interface StreamOptions {
  /** Of all of it. Default 30 minutes. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal | undefined
}

/** Where files of a server are read and its commands run. Arguments are never seen by a shell as anything but arguments. */
export interface Runner {
  /** For messages: `this machine` or `root@mailhaus.example`. */
  readonly where: string
  /**
   * The content of a file, or undefined when there is none.
   * @throws {RunnerError} `unreachable`, `file`, `limit`
   */
  readFile(path: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<string | undefined>
  /**
   * Replaces a file's content at once: whoever reads it sees the old or the new one. Owner and mode stay; a new file has
   * mode 0644. Its folder must exist.
   * @throws {RunnerError} `unreachable`, `file`
   */
  writeFile(
    path: string,
    content: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<void>
  /** @throws {RunnerError} `unreachable`, `missing`, `timeout`; a code other than 0 is a result, not an error */
  run(argv: readonly [string, ...string[]], options?: CommandOptions): Promise<CommandResult>
  /**
   * What a command says, as it comes and however much it is: for logs. Ending the loop ends the command.
   * @throws {RunnerError} `unreachable`, `missing`, `timeout`; `failed` for a code other than 0
   */
  stream(argv: readonly [string, ...string[]], options?: StreamOptions): AsyncIterable<Uint8Array>
}

/**
 * - `unreachable` the machine cannot be reached, or refuses the login · `missing` there is no such command
 * - `timeout` a command took too long (it was ended) · `file` a file cannot be read or written · `limit` it is too large
 * - `failed` a command whose output is read as it comes ended with a code other than 0
 */
export type RunnerErrorCode = 'unreachable' | 'missing' | 'timeout' | 'file' | 'limit' | 'failed'

export class RunnerError extends Error {
  override readonly name = 'RunnerError'
  readonly code: RunnerErrorCode

  constructor(code: RunnerErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
  }
}

/** No map of a mail server is larger; a device or a log by mistake would be. */
export const maxFileBytes = 64 * 1024 * 1024
