import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')

/** Runs `npm ci` when node_modules does not belong to the package-lock.json that is here. */
export async function ensureNodeModules() {
  const lock = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex')
  const mark = path.join(root, 'node_modules/.mailmove-lock')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return
  process.stderr.write('setting up: npm ci\n')
  // EBADENGINE warnings only say that npm itself still runs under the system's Node.
  execFileSync('npm', ['ci', '--loglevel=error'], { cwd: root, stdio: ['ignore', 2, 2] })
  if (!existsSync(path.join(root, 'node_modules/.bin/node')))
    throw new Error(
      `mailmove needs Linux on x64 or arm64: npm has no pinned Node for ${process.platform} ${process.arch}.`,
    )
  writeFileSync(mark, lock)
}
