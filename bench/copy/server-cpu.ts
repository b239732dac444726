import { readdirSync, readFileSync } from 'node:fs'

// What the servers of a test bed have worked so far, living processes and those that have ended. From /proc, because they run in a
// process namespace of their own that accounts for nothing.

const ticksPerSecond = 100

interface Entry {
  readonly parent: number
  readonly own: number
  /** Of its children that have ended. */
  readonly reaped: number
}

/** CPU seconds of every Dovecot whose configuration lies below `dir`, and of all its processes. */
export function serverCpuSeconds(dir: string): number {
  const entries = new Map<number, Entry>()
  const masters: number[] = []
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    const entry = Number.isInteger(pid) ? entryOf(pid) : undefined
    if (entry === undefined) continue
    entries.set(pid, entry)
    const command = text(`/proc/${pid}/cmdline`)
    if (/(?:^|\/)dovecot\0/.test(command) && command.includes(dir)) masters.push(pid)
  }
  let ticks = 0
  for (const [pid, { parent, own }] of entries) {
    const isMaster = masters.includes(pid)
    if (isMaster || masters.includes(parent)) ticks += own
    if (isMaster) ticks += entries.get(pid)?.reaped ?? 0
  }
  return ticks / ticksPerSecond
}

function entryOf(pid: number): Entry | undefined {
  // The name, in brackets, may hold anything.
  const fields = text(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ').map(Number)
  if (fields === undefined || fields.length < 15) return undefined
  const [, parent = 0] = fields
  const [user = 0, system = 0, reapedUser = 0, reapedSystem = 0] = fields.slice(11, 15)
  return { parent, own: user + system, reaped: reapedUser + reapedSystem }
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // It has ended.
    return ''
  }
}
