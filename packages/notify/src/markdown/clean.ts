/**
 * Values come from strangers: display names, folder names, script names. What makes text do something else than be read
 * is taken out here, before it is escaped for where it lands.
 */
const lineBreaks = /[\r\n\v\f\u0085\u2028\u2029\t]+/gu
const controls = /\p{Cc}/gu
// Unicode TR #9: embeddings, overrides, isolates and marks that turn the rest of a line around.
const bidiControls = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu
// Our own place holders; noncharacters; tags, which are invisible text.
const reserved = /[\uE000\uE001\uFDD0-\uFDEF\uFFFE\uFFFF\u{E0000}-\u{E007F}]/gu

// With the u flag a class matches halves of pairs only where they stand alone.
const halfPairs = /[\uD800-\uDFFF]/gu

const maxShown = 1000

/** One line of readable text: no control characters, no reversing, not longer than a reader would read. */
export function cleanLine(value: string, limit = maxShown): string {
  const line = value
    .slice(0, limit * 4)
    .replaceAll(halfPairs, '\uFFFD')
    .replaceAll(lineBreaks, ' ')
    .replaceAll(controls, '\uFFFD')
    .replaceAll(bidiControls, '')
    .replaceAll(reserved, '\uFFFD')
  if (line.length <= limit && value.length <= limit * 4) return line
  // A cut through a surrogate pair leaves a half that is nothing.
  return `${line.slice(0, limit - 1).replace(/[\uD800-\uDFFF]$/u, '')}…`
}

const rightToLeft = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u

/** Whether a value has letters that are written from right to left: then it must not pull its surroundings along. */
export function hasRightToLeft(text: string): boolean {
  return rightToLeft.test(text)
}
