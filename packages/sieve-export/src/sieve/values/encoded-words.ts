/** RFC 2047 §2 */
const encodedWord = /=\?([\w-]+)(?:\*[\w-]+)?\?([bq])\?([^?\s]*)\?=/gi

/** Decodes `=?utf-8?b?...?=` as it stands in headers, and so in subjects of scripts; what is none stays. */
export function decodeWords(text: string): string {
  if (!text.includes('=?')) return text
  // Blanks between two encoded words do not count (RFC 2047 §6.2).
  return text
    .replaceAll(/(\?=)[ \t\r\n]+(?==\?)/g, '$1')
    .replaceAll(encodedWord, (whole, charset: string, encoding: string, content: string) => {
      const bytes = encoding.toLowerCase() === 'b' ? Buffer.from(content, 'base64') : quotedPrintable(content)
      try {
        return new TextDecoder(charset).decode(bytes)
      } catch {
        return whole
      }
    })
}

function quotedPrintable(content: string): Buffer {
  const text = content
    .replaceAll('_', ' ')
    .replaceAll(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(text, 'latin1')
}
