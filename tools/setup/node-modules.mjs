import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { withLock } from './lock.mjs'

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')

/** Runs `npm ci` when node_modules does not belong to the package-lock.json that is here. */
export async function ensureNodeModules() {
  if (isCurrent()) return
  // Two commands may start at once in a fresh clone; `npm ci` begins with removing what the other has just installed.
  mkdirSync(path.join(root, '.mailmove-cache'), { recursive: true })
  await withLock(path.join(root, '.mailmove-cache/npm-ci.lock'), () => {
    if (!isCurrent()) install()
  })
}

const mark = path.join(root, 'node_modules/.mailmove-lock')

function digest() {
  const lock = readFileSync(path.join(root, 'package-lock.json'))
  return createHash('sha256').update(lock).digest('hex')
}

function isCurrent() {
  return existsSync(mark) && readFileSync(mark, 'utf8') === digest()
}

function install() {
  process.stderr.write('setting up: npm ci\n')
  // EBADENGINE warnings only say that npm itself still runs under the system's Node.
  execFileSync('npm', ['ci', '--loglevel=error'], { cwd: root, stdio: ['ignore', 2, 2] })
  if (!existsSync(path.join(root, 'node_modules/.bin/node')))
    throw new Error(
      `mailmove needs Linux on x64 or arm64: npm has no pinned Node for ${process.platform} ${process.arch}.`,
    )
  writeFileSync(mark, digest())
}
