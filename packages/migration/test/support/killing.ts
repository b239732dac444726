import childProcess from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, readFileSync } from 'node:fs'
import fsPromises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { Socket } from 'node:net'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { MigrationEvent } from '../../src/index.ts'

/** A copy makes hundreds of the same: so many of each kind in each step are enough. */
const OF_A_KIND = 2

/**
 * Ends this process with SIGKILL at one point that no run before it has died at: before and after each step's record, each
 * commit of the ledger, each call that changes mailcow, each file that is replaced, each command that is run, each update of the DNS.
 * Before its death the point's name goes to `file`. Has to be called before the code under test is loaded.
 */
export function dieAtNewPoint(file: string): (event: MigrationEvent) => void {
  // The time, a blank, the name.
  const used = new Set(
    readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.slice(line.indexOf(' ') + 1)),
  )
  let step = 'start'
  let counts = new Map<string, number>()
  const point = (kind: string, when: 'before' | 'after'): void => {
    const key = `${kind} ${when}`
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    const name = `${step}: ${when} ${kind} ${count}`
    if (count > OF_A_KIND || used.has(name) || !isChosen(name)) return
    appendFileSync(file, `${Date.now()} ${name}\n`)
    process.kill(process.pid, 'SIGKILL')
  }
  watchLedger(point)
  watchFiles(point)
  watchCommands(point)
  watchSockets(point)
  process.once('exit', (code) => {
    if (code !== 0) process.stderr.write(`ended with ${code} in ${step}\n`)
  })
  return (event) => {
    if (event.type === 'step-started') {
      step = event.step
      counts = new Map()
      point('the step is recorded', 'before')
    } else if (event.type === 'step-finished') point('the step is recorded', 'after')
  }
}

/** By name, so that every run of a test chooses the same. */
function isChosen(name: string): boolean {
  const oneIn = Number(process.env['ONE_POINT_IN'] ?? 1)
  return createHash('sha256').update(name).digest().readUInt32BE() % oneIn === 0
}

type Point = (kind: string, when: 'before' | 'after') => void

/** Between a write to the outside and its outcome on record lies only the commit: dying before it is dying there. */
function watchLedger(point: Point): void {
  // The prototype's own, called with the database as `this` below.
  const prepare = Reflect.get(DatabaseSync.prototype, 'prepare')
  Reflect.set(DatabaseSync.prototype, 'prepare', function (this: DatabaseSync, sql: string): StatementSync {
    const statement = Reflect.apply(prepare, this, [sql])
    if (sql !== 'commit') return statement
    const run = statement.run.bind(statement)
    statement.run = () => {
      point('commit', 'before')
      const result = run()
      point('commit', 'after')
      return result
    }
    return statement
  })
}

function watchFiles(point: Point): void {
  const { rename } = fsPromises
  fsPromises.rename = async (from, to) => {
    const name = String(to).split('/').at(-1)
    point(`rename to ${name}`, 'before')
    await rename(from, to)
    point(`rename to ${name}`, 'after')
  }
  syncBuiltinESMExports()
}

function watchCommands(point: Point): void {
  const spawn = Reflect.get(childProcess, 'spawn')
  Reflect.set(childProcess, 'spawn', (...args: readonly unknown[]) => {
    const [command, argv] = args
    const last = Array.isArray(argv) ? String(argv.at(-1)) : ''
    const name = `${String(command)} ${last.split('/').at(-1) ?? ''}`
    point(`command ${name}`, 'before')
    const child = Reflect.apply(spawn, childProcess, args)
    child.once('exit', () => point(`command ${name}`, 'after'))
    return child
  })
  syncBuiltinESMExports()
}

function watchSockets(point: Point): void {
  const write = Reflect.get(Socket.prototype, 'write')
  Reflect.set(Socket.prototype, 'write', function (this: Socket, ...args: readonly unknown[]) {
    const kind = kindOf(args[0])
    if (kind === undefined) return Reflect.apply(write, this, args)
    point(kind, 'before')
    const result = Reflect.apply(write, this, args)
    // It is on its way now; nobody waits for the answer.
    setImmediate(() => point(kind, 'after'))
    return result
  })
}

function kindOf(chunk: unknown): string | undefined {
  if (typeof chunk === 'string') return /^POST \/api\/v1\/((?:add|edit|delete)\/\S+)/.exec(chunk)?.[1]
  // A DNS message behind its length; RFC 2136 §1.3: opcode 5 is an update.
  if (Buffer.isBuffer(chunk) && chunk.length > 14 && chunk.readUInt16BE(0) === chunk.length - 2)
    return (((chunk[4] ?? 0) >> 3) & 0xf) === 5 ? 'DNS update' : undefined
  return undefined
}
