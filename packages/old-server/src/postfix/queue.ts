import { foldCase } from '../address.ts'
import { OldServerError } from '../errors.ts'
import type { Runner } from '../runner/runner.ts'

/** What waits in Postfix' queue for a domain. */
export interface Queued {
  readonly messages: number
  /** Reasons that Postfix gives, each once; at most ten. */
  readonly reasons: readonly string[]
}

/**
 * Counts the messages in the queue that have a recipient in one of the domains, with postqueue(1).
 * @throws {OldServerError} `postfix_unreadable`
 */
export async function readQueue(
  runner: Runner,
  directory: string,
  domains: readonly string[],
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Queued> {
  const result = await runner.run(['postqueue', '-c', directory, '-p'], options)
  if (result.code !== 0)
    throw new OldServerError(
      'postfix_unreadable',
      `postqueue on ${runner.where} ended with ${result.code}: ${(result.stderr.split('\n')[0] ?? '').slice(0, 300)}`,
    )
  return queuedFor(result.stdout, domains)
}

/** Reads what `postqueue -p` prints: an entry begins at the margin, its reasons stand in parentheses, its recipients are indented. */
export function queuedFor(listing: string, domains: readonly string[]): Queued {
  const wanted = new Set(domains.map(foldCase))
  const reasons = new Set<string>()
  let messages = 0
  for (const entry of listing.split(/\n(?=[\dA-Za-z]+[*!#]?\s)/)) {
    let reason = ''
    let concerned = false
    for (const line of entry.split('\n').slice(1)) {
      const text = line.trim()
      if (text.startsWith('(')) reason = text.slice(1, -1)
      else if (/^\s/.test(line) && wanted.has(foldCase(text.slice(text.lastIndexOf('@') + 1)))) {
        concerned = true
        if (reason !== '' && reasons.size < 10) reasons.add(reason.replaceAll(/\p{Cc}/gu, '').slice(0, 300))
      }
    }
    if (concerned) messages += 1
  }
  return { messages, reasons: [...reasons] }
}
