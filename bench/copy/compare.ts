import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import path from 'node:path'
import type { Dovecot } from '../../packages/testbed/src/index.ts'
import { homeDirectory } from '../../packages/testbed/src/mail/store.ts'

export interface Arrived {
  readonly expected: number
  /** Messages of the source that lie on the target byte for byte, each counted once. */
  readonly identical: number
  /** Messages on the target beside these. */
  readonly others: number
}

/** Compares the two mailboxes on disk, whatever their folders are called. Only for plain storage. */
export function compare(from: Dovecot, to: Dovecot, address: string): Arrived {
  const source = contents(path.join(homeDirectory(from, address), 'Maildir'))
  const target = contents(path.join(homeDirectory(to, address), 'Maildir'))
  let expected = 0
  let identical = 0
  for (const [hash, count] of source) {
    expected += count
    identical += Math.min(count, target.get(hash) ?? 0)
  }
  return {
    expected,
    identical,
    others: [...target.values()].reduce((sum, count) => sum + count, 0) - identical,
  }
}

function contents(maildir: string): Map<string, number> {
  const hashes = new Map<string, number>()
  const home = realpathSync(maildir)
  const folders = [
    home,
    ...readdirSync(home).flatMap((name) => (name.startsWith('.') ? [path.join(home, name)] : [])),
  ]
  for (const folder of folders)
    for (const part of ['cur', 'new'])
      for (const name of list(path.join(folder, part))) {
        // Dovecot keeps what came with CRLF with LF, and the other way round: the line ends are not the message.
        const text = readFileSync(path.join(folder, part, name))
          .toString('latin1')
          .replaceAll('\r\n', '\n')
        const hash = createHash('sha256').update(text, 'latin1').digest('base64')
        hashes.set(hash, (hashes.get(hash) ?? 0) + 1)
      }
  return hashes
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
