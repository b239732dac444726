// Flags as they may be sent. An APPEND with a flag the server does not know is answered BAD while its body is already
// on the way, and the server goes on to read that body as commands: so nothing passes that is not on these lists.

const systemFlags: ReadonlyMap<string, string> = new Map(
  ['\\Seen', '\\Answered', '\\Flagged', '\\Deleted', '\\Draft'].map((flag) => [flag.toLowerCase(), flag]),
)

/** RFC 3501 §9: flag-keyword is an atom; US-ASCII without specials. Length is ours: nothing honest is longer. */
const keywordPattern = /^[!#$&'+\-./0-9:;<=>?@A-Z[^_`a-z|}~]{1,128}$/

/** `\Seen` and its kind in their usual spelling, keywords as they are, undefined for what must not be sent. */
export function sendableFlag(flag: string): string | undefined {
  if (flag.startsWith('\\')) return systemFlags.get(flag.toLowerCase())
  return keywordPattern.test(flag) ? flag : undefined
}

export interface FlagChoice {
  /** To be sent, without doubles, in a fixed order. */
  readonly flags: readonly string[]
  /** Keywords that the target does not keep or that cannot be sent. */
  readonly dropped: readonly string[]
}

/**
 * What of a source message's flags goes to the target. `permanent` is the target folder's PERMANENTFLAGS (undefined:
 * not told, all are tried). `\Recent` belongs to the server and unknown system flags to nobody: both go silently.
 */
export function chooseFlags(
  flags: readonly string[],
  permanent: ReadonlySet<string> | undefined,
): FlagChoice {
  const kept = new Map<string, string>()
  const dropped: string[] = []
  for (const flag of flags) {
    const sendable = sendableFlag(flag)
    const key = flag.toLowerCase()
    if (sendable !== undefined && (permanent === undefined || isKept(key, permanent))) kept.set(key, sendable)
    else if (!flag.startsWith('\\')) dropped.push(flag)
  }
  return { flags: sorted(kept), dropped }
}

/** `permanent` holds lower-case flags. RFC 3501 §7.1: `\*` means that new keywords may be made. */
function isKept(flag: string, permanent: ReadonlySet<string>): boolean {
  return permanent.has(flag) || (permanent.has('\\*') && !flag.startsWith('\\'))
}

function sorted(flags: ReadonlyMap<string, string>): string[] {
  return [...flags.entries()].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, flag]) => flag)
}

/** One string for equal sets of flags: lower case (keywords are case-insensitive), sorted, without `\Recent`. */
export function flagsKey(flags: readonly string[]): string {
  const keys = new Set(flags.map((flag) => flag.toLowerCase()))
  keys.delete('\\recent')
  return [...keys].toSorted().join(' ')
}
