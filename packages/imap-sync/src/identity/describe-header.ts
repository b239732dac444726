// Just enough of a header to tell people which message is meant. Mail is hostile: everything is bounded and printable.

export interface HeaderDescription {
  readonly subject?: string
  readonly messageId?: string
  readonly from?: string
}

const maxText = 200

/** Subject, From and Message-ID of a message's first bytes. */
export function describeHeader(head: Buffer): HeaderDescription {
  const subject = headerField(head, 'subject')
  const from = headerField(head, 'from')
  const messageId = headerField(head, 'message-id')
  return {
    ...(subject === undefined ? {} : { subject }),
    ...(from === undefined ? {} : { from }),
    ...(messageId === undefined ? {} : { messageId }),
  }
}

/** The decoded value of the first field of that name (lower case), printable and bounded. */
export function headerField(head: Buffer, name: string): string | undefined {
  const raw = rawHeaderField(head, name)
  return raw === undefined ? undefined : printable(decodeWords(raw))
}

/** The unfolded, undecoded value (Latin-1) of the first field of that name. */
export function rawHeaderField(head: Buffer, name: string): string | undefined {
  const text = `\n${head.toString('latin1')}`
  const header = text.slice(0, /\n\r?\n/.exec(text)?.index ?? text.length)
  const field = new RegExp(String.raw`\n${name}[ \t]*:((?:[^\n]|\n[ \t])*)`, 'i').exec(header)?.[1]
  return field?.replaceAll(/\r?\n[ \t]*/g, ' ').trim()
}

/** RFC 2047 encoded words; raw 8-bit text as UTF-8 where it is that, else as Latin-1. */
function decodeWords(raw: string): string {
  const joined = raw.slice(0, 4000).replaceAll(/\?=\s+=\?/g, '?==?')
  const decoded = joined.replaceAll(
    /=\?([\w-]{1,40})(?:\*[\w-]*)?\?([bq])\?([^?\s]*)\?=/gi,
    (whole: string, charset: string, encoding: string, text: string) => {
      const bytes =
        encoding.toLowerCase() === 'b'
          ? Buffer.from(text, 'base64')
          : Buffer.from(
              text
                .replaceAll('_', ' ')
                .replaceAll(/=([\da-f]{2})/gi, (_, hex: string) =>
                  String.fromCharCode(Number.parseInt(hex, 16)),
                ),
              'latin1',
            )
      try {
        return new TextDecoder(charset).decode(bytes)
      } catch {
        return whole
      }
    },
  )
  return /[\u0080-\u00ff]/.test(raw) && decoded === joined ? decodeBytes(raw) : decoded
}

function decodeBytes(raw: string): string {
  const bytes = Buffer.from(raw, 'latin1')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return raw
  }
}

function printable(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ').trim()
  const characters = Array.from(line.slice(0, maxText * 4))
  return characters.length > maxText ? `${characters.slice(0, maxText - 1).join('')}…` : line
}
