import { readFile } from 'node:fs/promises'
import path from 'node:path'

/**
 * What a maildir holds according to Dovecot's own book-keeping (Maildir++ `maildirsize`): after a line with the
 * limits, one line `BYTES COUNT` per change.
 */
export async function readUsage(maildir: string): Promise<{ bytes: number; messages: number }> {
  const text = await readFile(path.join(maildir, 'maildirsize'), 'utf8').catch(() => '')
  const usage = { bytes: 0, messages: 0 }
  for (const line of text.split('\n').slice(1)) {
    const [, bytes, messages] = /^\s*(-?\d+)\s+(-?\d+)\s*$/.exec(line) ?? []
    usage.bytes += Number(bytes ?? 0)
    usage.messages += Number(messages ?? 0)
  }
  return usage
}
