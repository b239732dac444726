import type { SpamSettings } from '../model.ts'
import { canonicalSpam, parseScore, parseSender } from '../spam.ts'

/** What one user's preferences say, and which of them mean nothing on another server. */
export interface SpamPreferences {
  readonly settings: SpamSettings
  /** Names of directives about senders that are not taken over, each once. */
  readonly leftOut: readonly string[]
}

const ALLOWS: ReadonlySet<string> = new Set([
  'whitelist_from',
  'welcomelist_from',
  'whitelist_auth',
  'welcomelist_auth',
  // With the old name in old releases.
  'whitelist_from_spf',
  'whitelist_from_dkim',
])
const DENIES: ReadonlySet<string> = new Set(['blacklist_from', 'blocklist_from'])
const UNDOES = new Map<string, 'allow' | 'deny'>([
  ['unwhitelist_from', 'allow'],
  ['unwelcomelist_from', 'allow'],
  ['unblacklist_from', 'deny'],
  ['unblocklist_from', 'deny'],
])
const SCORES: ReadonlySet<string> = new Set(['required_score', 'required_hits'])
/** Whom the mail is to, or by which server it came: lists of senders cannot say that, and without it they would allow too much. */
const OTHER_LISTS = /^(?:un)?(?:white|welcome|black|block)list_/

/** A preference: its name and its value, as a file or a table has it. Later ones of a name count, lists grow. Pure. */
export function readPreferences(
  preferences: Iterable<{ readonly name: string; readonly value: string }>,
): SpamPreferences {
  let junk: number | undefined
  const lists = { allow: new Set<string>(), deny: new Set<string>() }
  const leftOut = new Set<string>()
  for (const { name: written, value } of preferences) {
    const name = written.trim().toLowerCase()
    const undone = UNDOES.get(name)
    if (SCORES.has(name)) {
      const score = parseScore(value)
      if ('value' in score) junk = score.value
      else leftOut.add(name)
    } else if (ALLOWS.has(name) || DENIES.has(name) || undone !== undefined) {
      const list = lists[undone ?? (ALLOWS.has(name) ? 'allow' : 'deny')]
      for (const text of value.split(/[\s,]+/u).filter((word) => word !== '')) {
        const sender = parseSender(text)
        if (!('value' in sender)) leftOut.add(name)
        else if (undone === undefined) list.add(sender.value)
        else list.delete(sender.value)
      }
    } else if (OTHER_LISTS.test(name)) leftOut.add(name)
  }
  return {
    settings: canonicalSpam({
      ...(junk === undefined ? {} : { junk }),
      allow: [...lists.allow],
      deny: [...lists.deny],
    }),
    leftOut: [...leftOut].toSorted(),
  }
}

/** A file `user_prefs` of SpamAssassin's: a directive a line, `#` begins a comment. Pure. */
export function parseUserPreferences(text: string): SpamPreferences {
  return readPreferences(
    text.split(/\r\n|\r|\n/u).flatMap((line) => {
      const [, name, value] = /^\s*([a-z_]+)\s+(.*?)\s*$/iu.exec(line.replace(/(?<!\\)#.*$/u, '')) ?? []
      return name === undefined || value === undefined ? [] : [{ name, value }]
    }),
  )
}
