/** What we name our prefilters; it is how an admin recognises them in mailcow's web pages. */
export const FORWARD_DESCRIPTION = 'mailmove: forward from the old server'

/** Pigeonhole on mailcow follows at most this many redirects per message (`sieve_max_redirects`). */
export const MAX_REDIRECTS = 100

/**
 * The prefilter for a mailbox that forwards: `redirect :copy` keeps the mail in the mailbox as well (RFC 3894 §3),
 * `redirect` alone cancels the implicit keep (RFC 5228 §4.2). Targets in the order given, so that equal forwards
 * make equal scripts. Throws a RangeError on a target that no Sieve string can carry (control characters).
 */
export function forwardScript(targets: readonly string[], keepCopy: boolean): string {
  const lines = targets.map((target) => `redirect${keepCopy ? ' :copy' : ''} ${quoted(target)};`)
  const head = keepCopy ? ['require ["copy"];'] : []
  return ['# Forward taken over from the old server.', ...head, ...lines, ''].join('\r\n')
}

/** Equal but for line ends and blanks at the end: the API and the file system change those. */
export function sameScript(one: string, other: string): boolean {
  return normalised(one) === normalised(other)
}

function normalised(script: string): string {
  return script
    .replaceAll('\r\n', '\n')
    .replaceAll(/[ \t]+$/gm, '')
    .trimEnd()
}

// RFC 5228 §2.4.2: inside a quoted string only `"` and `\` are special, each escaped by a backslash.
function quoted(text: string): string {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (code < 0x20 || code === 0x7f) throw new RangeError('A forward target holds a control character.')
  }
  return `"${text.replaceAll(/["\\]/g, (character) => `\\${character}`)}"`
}
