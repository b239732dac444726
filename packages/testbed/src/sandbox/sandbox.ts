import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { TestbedError } from '../errors.ts'
import { currentIdentity, enterCommand, namespaceCommand } from './identity.ts'

export interface SandboxOptions {
  /** The folder to work in: made here, or empty. Removed, or emptied again, at the end. */
  readonly dir: string
  /** Folder to lay over /usr inside. */
  readonly usr: string | undefined
}

export interface CommandResult {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

/**
 * A mount and a process namespace in which the servers run. Everything in it ends, and its folder goes, when it is
 * stopped and also when this process is killed.
 */
export interface Sandbox extends AsyncDisposable {
  readonly dir: string
  /** Runs a command inside and collects its output; a non-zero exit code is a result, not an error. */
  run(command: string, args: readonly string[], options?: { readonly input?: string }): Promise<CommandResult>
  /** The command line that runs a command inside, for who starts it himself (to measure it, say). */
  inside(command: string, args: readonly string[]): { readonly command: string; readonly args: string[] }
  /** As `run`, and rejects when the command fails. Resolves with its standard output. */
  succeed(command: string, args: readonly string[]): Promise<string>
  /** Ends everything inside and removes the folder. May be called more than once. */
  stop(): Promise<void>
}

const startLimitMs = 20_000
const commandLimitMs = 60_000

export async function startSandbox({ dir, usr }: SandboxOptions): Promise<Sandbox> {
  const here = import.meta.dirname
  const identity = currentIdentity()
  const wasThere = existsSync(dir)
  const guard = [path.join(here, 'reaper.sh'), dir, ...namespaceCommand(identity)]
  // overlayfs reads `:` as the next layer and `,` as the next option
  const layer = usr?.replaceAll(/[\\:,]/g, String.raw`\$&`) ?? ''
  const reaper = spawn(
    'sh',
    [...guard, 'sh', path.join(here, 'init.sh'), dir, layer, String(identity.uid), String(identity.gid)],
    // detached: a session of its own, so that a signal to our process group leaves it to do its work
    { detached: true, stdio: ['pipe', 'pipe', 'pipe'] },
  )
  const ended = new Promise<void>((resolve) => {
    reaper.once('close', () => resolve())
  })
  reaper.stdin.on('error', () => {})
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      reaper.ref()
      reaper.stdin.end()
      await ended
    })()
    return stopping
  }
  let init: string
  try {
    init = await untilReady(reaper)
  } catch (error) {
    await stop()
    throw error
  }
  const enter = enterCommand(identity, init)
  // The reaper keeps the event loop alive neither by itself nor by its pipes: a forgotten test bed ends with its process.
  reaper.unref()
  for (const stream of [reaper.stdin, reaper.stdout, reaper.stderr])
    if ('unref' in stream && typeof stream.unref === 'function') stream.unref()
  // Only somebody who kills the reaper itself leaves the folder to us; its death ended the servers.
  reaper.once('exit', (code) => {
    if (code === null) void removeContents(dir, wasThere)
  })
  return {
    dir,
    run: (command, args, options) => runInside(enter, command, args, options?.input),
    inside: (command, args) => {
      const [enterWord = 'nsenter', ...enterArgs] = enter
      return { command: enterWord, args: [...enterArgs, command, ...args] }
    },
    succeed: async (command, args) => {
      const { stdout, stderr, code } = await runInside(enter, command, args)
      if (code === 0) return stdout
      throw new TestbedError('sandbox', `${command} ended with ${code}: ${stderr.trim()}`)
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

async function removeContents(dir: string, keepFolder: boolean): Promise<void> {
  const names = keepFolder ? await readdir(dir) : ['']
  for (const name of names) await rm(path.join(dir, name), { recursive: true, force: true })
}

async function untilReady(reaper: ChildProcess): Promise<string> {
  const { stdout, stderr } = reaper
  if (stdout === null || stderr === null) throw new TestbedError('sandbox', 'the reaper has no pipes')
  const complaints: string[] = []
  stderr.setEncoding('utf8').on('data', (text: string) => {
    if (complaints.length < 20) complaints.push(text)
  })
  const lines = createInterface({ input: stdout })
  return new Promise<string>((resolve, reject) => {
    const limit = setTimeout(() => {
      reject(new TestbedError('sandbox', `the test bed's namespaces did not start within ${startLimitMs} ms`))
    }, startLimitMs)
    lines.on('line', (line) => {
      const [, word, rest = ''] = /^(\w+) (.*)$/.exec(line) ?? []
      if (word === 'refused') reject(new TestbedError('usage', rest))
      if (word !== 'ready') return
      clearTimeout(limit)
      resolve(rest)
    })
    reaper.once('error', (cause) => {
      clearTimeout(limit)
      reject(
        new TestbedError('sandbox', `the test bed's namespaces did not start: ${cause.message}`, { cause }),
      )
    })
    // The namespace's first process holds the other end of this pipe until it dies.
    lines.once('close', () => {
      clearTimeout(limit)
      const why = complaints.join('').trim() || 'no reason given'
      reject(new TestbedError('sandbox', `the test bed's namespaces did not start: ${why}`))
    })
  })
}

function runInside(
  enter: readonly string[],
  command: string,
  args: readonly string[],
  input = '',
): Promise<CommandResult> {
  const [enterWord = 'nsenter', ...enterArgs] = enter
  // Servers lie in folders that an ordinary user's PATH leaves out.
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin` }
  return new Promise((resolve, reject) => {
    const child = execFile(
      enterWord,
      [...enterArgs, command, ...args],
      { maxBuffer: 64 * 1024 * 1024, timeout: commandLimitMs, cwd: '/', env },
      (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== 'number')
          reject(new TestbedError('sandbox', `${command} did not run: ${error.message}`, { cause: error }))
        else resolve({ stdout, stderr, code: typeof error?.code === 'number' ? error.code : 0 })
      },
    )
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}
