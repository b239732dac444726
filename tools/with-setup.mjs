// node tools/with-setup.mjs [--testbed] [--services] [--browser] [--wide] COMMAND ARGS...
//
// Makes a fresh clone ready and then runs COMMAND with the pinned Node and the project's own tools first on
// the PATH. Plain JavaScript without dependencies: it is what runs when nothing is installed yet, under the
// system's Node (20 suffices).
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { ensureNodeModules, root } from './setup/node-modules.mjs'

const args = process.argv.slice(2)
/** Whether the flag is there; it is ours, not the command's. */
const takeFlag = (name) => args[0] === name && args.shift() !== undefined
const needsTestbed = takeFlag('--testbed')
const needsServices = takeFlag('--services')
const needsBrowser = takeFlag('--browser')
const needsWide = takeFlag('--wide')
const [command, ...rest] = args
if (command === undefined) {
  process.stderr.write(
    'usage: node tools/with-setup.mjs [--testbed] [--services] [--browser] [--wide] COMMAND [ARGUMENT...]\n',
  )
  process.exit(2)
}

try {
  await ensureNodeModules()
  if (needsTestbed) await (await import('./setup/debian.mjs')).ensureTestbedPackages()
  if (needsServices) await (await import('./setup/debian.mjs')).ensureServicePackages()
  if (needsBrowser) await (await import('./setup/debian.mjs')).ensureBrowserPackages()
  if (needsWide) await (await import('./setup/debian.mjs')).ensureWidePackages()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(2)
}

const bin = path.join(root, 'node_modules/.bin')
// The libraries resolve each other's sources through this condition, so nothing has to be built first.
const nodeFlags =
  command === 'node' ? ['--conditions=@iteg/source', '--disable-warning=ExperimentalWarning'] : []
const child = spawn(command, [...nodeFlags, ...rest], {
  stdio: 'inherit',
  env: {
    ...process.env,
    PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}`,
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
  },
})
// Ctrl-C reaches the whole foreground group; the command decides what it means, we only wait for it.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
// npm, or whoever started us, may be killed without a word: then nobody is left to read the command's output.
// Under npm that is our parent's parent, for npm puts a shell between.
const ancestors = () => [process.ppid, process.env.npm_execpath ? parentOf(process.ppid) : 0].join()
const before = ancestors()
const watch = setInterval(() => {
  if (ancestors() !== before) child.kill('SIGTERM')
}, 500)
watch.unref()
child.on('error', (error) => {
  process.stderr.write(`${command}: ${error.message}\n`)
  process.exit(2)
})
child.on('exit', (code, signal) => {
  process.exit(code ?? 128 + (constants.signals[signal] ?? 0))
})

function parentOf(pid) {
  try {
    return /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  } catch {
    return undefined
  }
}
