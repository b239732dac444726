import { connect } from 'node:net'
import path from 'node:path'
import { readFile } from 'node:fs/promises'
import { TestbedError } from './errors.ts'
import { freePorts } from './ports.ts'
import type { Sandbox } from './sandbox/sandbox.ts'

export interface BackgroundServer {
  readonly sandbox: Sandbox
  /** Its log lies here. */
  readonly dir: string
  readonly code: TestbedError['code']
  /** The command line for a port. */
  readonly command: (port: number) => readonly string[]
}

const startLimitMs = 20_000
const attempts = 5
/** `$!` dies with the sandbox at the latest; the log says why a server did not start. */
const script = 'log=$1; shift; "$@" >"$log" 2>&1 </dev/null & echo $!'

export interface Started {
  readonly port: number
  /** Ends this server only. */
  stop(): Promise<void>
}

/** Starts a server that stays in the foreground, and resolves when it accepts connections. */
export async function startInBackground({ sandbox, dir, code, command }: BackgroundServer): Promise<Started> {
  const log = path.join(dir, 'server.log')
  for (let attempt = 1; ; attempt += 1) {
    const [port = 0] = await freePorts(1)
    const { stdout } = await sandbox.run('sh', ['-c', script, 'start', log, ...command(port)])
    const pid = stdout.trim()
    const alive = async () => (await sandbox.run('kill', ['-s', '0', pid])).code === 0
    if (await accepts(port, alive))
      return {
        port,
        stop: async () => {
          await sandbox.run('sh', [
            '-c',
            'kill "$1" 2>/dev/null; while kill -s 0 "$1" 2>/dev/null; do sleep 0.01; done',
            'stop',
            pid,
          ])
        },
      }
    const said = await readFile(log, 'utf8').catch(() => '')
    // another process may have taken the port between our look and the bind
    if (attempt === attempts || !/already in use/i.test(said))
      throw new TestbedError(code, `${command(port)[0] ?? ''} did not start: ${said.trim().slice(-1000)}`)
  }
}

async function accepts(port: number, alive: () => Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + startLimitMs
  while (performance.now() < deadline) {
    if (await canConnect(port)) return true
    if (!(await alive())) return false
  }
  return false
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
