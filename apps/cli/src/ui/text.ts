import truncatedWidth from 'fast-string-truncated-width'
import { wrapAnsi } from 'fast-wrap-ansi'

// C0 and C1 controls (ESC, CSI, BEL ...), format characters (bidirectional overrides, zero-width ones), line
// separators and lone surrogates: what can steer a terminal or make a text look like another one.
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
const unsafeButNewline = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16)
  return short[character] ?? (code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`)
}

/**
 * Text from a server, a file or a user, fit for one line of a terminal: every control or format character is
 * shown as an escape (`\x1b`, `\n`, `\u{202e}`), never sent.
 */
export function visible(text: string): string {
  return text.replace(unsafe, escape)
}

/** As `visible`, but line ends stay: for texts of several lines. */
export function visibleLines(text: string): string {
  return text.replace(unsafeButNewline, escape)
}

const escapeCharacter = String.fromCodePoint(0x1b)
const colourSequence = new RegExp(`(${escapeCharacter}\\[[0-9;]*m)`)

/**
 * The last line of defence, at the stream: whatever a text holds, only line ends and colour sequences get
 * through. Texts are made visible where they are composed; this makes a forgotten place harmless.
 */
export function terminalSafe(text: string): string {
  return text
    .split(colourSequence)
    .map((part, index) => (index % 2 === 1 ? part : visibleLines(part)))
    .join('')
}

/** Columns that a text without line ends takes on a terminal; colour sequences take none. */
export function displayWidth(text: string): number {
  return truncatedWidth(text).width
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** Cut to `width` columns, with `…` where something is missing. For text without colours. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  let kept = ''
  for (const { segment } of graphemes.segment(text)) {
    if (displayWidth(`${kept}${segment}…`) > width) break
    kept += segment
  }
  return width > 0 ? `${kept}…` : ''
}

/** Cut at the front, where the end tells more (`…/2019/Rechnungen`). For text without colours. */
export function truncateStart(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  let kept = ''
  for (const { segment } of Array.from(graphemes.segment(text)).toReversed()) {
    if (displayWidth(`…${segment}${kept}`) > width) break
    kept = segment + kept
  }
  return width > 0 ? `…${kept}` : ''
}

/** Cut or filled up to exactly `width` columns. */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const cut = truncate(text, width)
  const fill = ' '.repeat(Math.max(width - displayWidth(cut), 0))
  return align === 'left' ? cut + fill : fill + cut
}

/** Lines of at most `width` columns, broken between words where possible. */
export function wrap(text: string, width: number): string[] {
  return wrapAnsi(text, Math.max(width, 1), { hard: true })
    .split('\n')
    .map((line) => line.trimEnd())
}

/** `1 mailbox`, `3 mailboxes`: a number with its noun. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? noun : plural}`
}
