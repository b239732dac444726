import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { maxFileBytes, type CommandOptions, type CommandResult, RunnerError } from './runner.ts'

/** Runs a program of this machine, without a shell. */
export async function spawnCommand(
  argv: readonly [string, ...string[]],
  options: CommandOptions & { readonly env?: NodeJS.ProcessEnv; readonly what?: string } = {},
): Promise<CommandResult> {
  const { input = '', timeoutMs = 60_000, signal, env, what = argv[0] } = options
  signal?.throwIfAborted()
  const timeout = AbortSignal.timeout(timeoutMs)
  const ended = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
  const child = spawn(argv[0], argv.slice(1), {
    stdio: 'pipe',
    signal: ended,
    ...(env === undefined ? {} : { env }),
  })
  // A command that does not read its input closes it; that is its right.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const finished = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, killedBy) =>
      code === null ? reject(new Error(`killed by ${killedBy}`)) : resolve(code),
    )
  })
  try {
    const [code, stdout, stderr] = await Promise.all([
      finished,
      text(limited(child.stdout, what)),
      text(limited(child.stderr, what)),
    ])
    return { code, stdout, stderr }
  } catch (error) {
    child.kill('SIGKILL')
    // One of the three has been told already.
    await finished.catch(() => undefined)
    signal?.throwIfAborted()
    if (error instanceof RunnerError) throw error
    if (timeout.aborted)
      throw new RunnerError('timeout', `${what} did not end in ${timeoutMs / 1000} s; it was ended.`, {
        cause: error,
      })
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new RunnerError('missing', `The command ${argv[0]} was not found.`, { cause: error })
    throw new RunnerError('missing', `${what} could not be run: ${String(error)}`, { cause: error })
  }
}

async function* limited(stream: AsyncIterable<Buffer>, what: string): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of stream) {
    bytes += chunk.length
    if (bytes > maxFileBytes)
      throw new RunnerError('limit', `${what} says more than ${maxFileBytes / 1024 / 1024} MiB.`)
    yield chunk
  }
}
