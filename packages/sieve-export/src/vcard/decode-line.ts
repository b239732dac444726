import { decodeBytes } from './decode-bytes.ts'
import type { Property } from './property.ts'

/** Takes vCard 2.1's transfer encodings out of a line, so that it looks as in 3.0. */
export function decodeLine(line: Property): Property {
  const encoding = line.parameters.get('ENCODING')?.[0]?.toUpperCase()
  if (encoding === undefined) return line
  const parameters = new Map(line.parameters)
  parameters.delete('ENCODING')
  const charset = parameters.get('CHARSET')?.[0]
  parameters.delete('CHARSET')
  if (encoding === 'QUOTED-PRINTABLE')
    return { ...line, parameters, value: decodeQuotedPrintable(line.value, charset) }
  if (encoding === 'BASE64' || encoding === 'B') {
    parameters.set('ENCODING', ['b'])
    return { ...line, parameters, value: line.value.replaceAll(/\s+/g, '') }
  }
  return { ...line, parameters }
}

function decodeQuotedPrintable(value: string, charset: string | undefined): string {
  const source = Buffer.from(value.replaceAll(/=[ \t]*\n/g, '').replace(/=$/, ''), 'utf8')
  const bytes: number[] = []
  for (let at = 0; at < source.length; at += 1) {
    const hex = source[at] === 0x3d ? source.toString('latin1', at + 1, at + 3) : ''
    if (/^[0-9A-Fa-f]{2}$/.test(hex)) {
      bytes.push(Number.parseInt(hex, 16))
      at += 2
    } else bytes.push(source[at] ?? 0)
  }
  const text = decodeIn(Buffer.from(bytes), charset)
  // a line end within the value is a line end of the text
  return text.replaceAll(/\r\n|\n|\r/g, String.raw`\n`)
}

function decodeIn(bytes: Uint8Array, charset: string | undefined): string {
  if (charset === undefined || /^utf-?8$/i.test(charset)) return decodeBytes(bytes).text
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    // no such character set is known
    return decodeBytes(bytes).text
  }
}
