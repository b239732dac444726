import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { RunnerError, type StreamOptions } from './runner.ts'

/** Of what a command says on its standard error, the last line is told. */
const MAX_STDERR_BYTES = 64 * 1024

/**
 * Runs a program of this machine, without a shell, and hands its output on as it comes: what the reader does not take yet waits
 * in the pipe. Whoever stops reading ends the program.
 */
export async function* streamCommand(
  argv: readonly [string, ...string[]],
  options: StreamOptions & {
    readonly env?: NodeJS.ProcessEnv
    /** What a code other than 0 means here. */
    readonly failure: (code: number, stderr: string) => RunnerError
  },
): AsyncGenerator<Uint8Array> {
  const { timeoutMs = 30 * 60_000, signal, env, failure } = options
  signal?.throwIfAborted()
  const timeout = AbortSignal.timeout(timeoutMs)
  const child = spawn(argv[0], argv.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    ...(env === undefined ? {} : { env }),
  })
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, killedBy) =>
      code === null ? reject(new Error(`killed by ${killedBy}`)) : resolve(code),
    )
  })
  // Both are asked for below; until then nobody listens.
  ended.catch(() => undefined)
  const stderr = text(head(child.stderr)).catch(() => '')
  try {
    for await (const chunk of child.stdout) if (chunk instanceof Uint8Array) yield chunk
    const code = await ended
    if (code !== 0) throw failure(code, await stderr)
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof RunnerError) throw error
    if (timeout.aborted)
      throw new RunnerError('timeout', `${argv[0]} did not end in ${timeoutMs / 1000} s; it was ended.`, {
        cause: error,
      })
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new RunnerError('missing', `The command ${argv[0]} was not found.`, { cause: error })
    throw new RunnerError('missing', `${argv[0]} could not be run: ${String(error)}`, { cause: error })
  } finally {
    child.kill('SIGKILL')
  }
}

/** Reads all of it, so that the program never waits for us, and keeps the beginning. */
async function* head(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of stream) {
    if (bytes < MAX_STDERR_BYTES) yield chunk
    bytes += chunk.length
  }
}
