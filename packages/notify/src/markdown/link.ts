import { cleanLine } from './clean.ts'
import type { Values } from './values.ts'

const schemes = /^(?:https?:\/\/[^\s/]|mailto:[^\s]|tel:[+\d])/iu
const maxLength = 2000

/** What a link leads to, or undefined when it must not be one: other schemes, blanks, control characters. */
function safeTarget(url: string): string | undefined {
  if (url.length > maxLength || !schemes.test(url)) return undefined
  if (/[\s\p{Cc}<>"\\^`{|}]/u.test(url)) return undefined
  return cleanLine(url, maxLength) === url ? url : undefined
}

/**
 * The target of a Markdown link whose parts may be values. A value at its beginning is the whole address up to there;
 * one further on is a part of it and is encoded as such.
 */
export function linkTarget(href: string, values: Values): string | undefined {
  let start = true
  const url = values.replace(
    href,
    (value) => {
      const first = start
      start = false
      // `@` stays, so that `mailto:` reads well.
      return first ? value : encodeURIComponent(cleanLine(value, maxLength)).replaceAll('%40', '@')
    },
    (text) => {
      if (text !== '') start = false
      return text
    },
  )
  return safeTarget(url)
}

/** A link as people read it: without `mailto:` and `tel:`. */
export function readableTarget(url: string): string {
  return url.replace(/^(?:mailto|tel):/iu, '')
}
