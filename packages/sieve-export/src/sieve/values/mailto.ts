import { addressProblem } from './address.ts'

/** RFC 6068: characters that need no percent encoding, as Pigeonhole has them. */
const plainChar = /[A-Za-z0-9!$'()*+,\-.:;@_~]/

/** What is wrong with the part of a `mailto:` URI behind the colon, or undefined. */
export function mailtoProblem(body: string): string | undefined {
  const mark = body.indexOf('?')
  const to = mark === -1 ? body : body.slice(0, mark)
  return (
    (to === '' ? undefined : recipientsProblem(to)) ??
    (mark === -1 ? undefined : fieldsProblem(body.slice(mark + 1)))
  )
}

function recipientsProblem(to: string): string | undefined {
  if (/[:;,]/.test(to)) return `"${/[:;,]/.exec(to)?.[0]}" has to be written with % in the recipients`
  const decoded = decode(to, false)
  if (decoded.problem !== undefined) return decoded.problem
  return firstAddressProblem(decoded.text)
}

function fieldsProblem(fields: string): string | undefined {
  let rest = fields
  while (rest !== '') {
    const [, rawName = '', value = '', after = ''] = /^([^=]*)=?([^&]*)&?(.*)$/s.exec(rest) ?? []
    const problem = fieldProblem(rawName, value)
    if (problem !== undefined) return problem
    rest = after
  }
  return undefined
}

function fieldProblem(rawName: string, rawValue: string): string | undefined {
  const name = decode(rawName, false)
  const value = decode(rawValue, true)
  const problem = name.problem ?? value.problem
  if (problem !== undefined) return problem
  if (/[\0-\x20:\x80-\xff]/.test(name.text)) return `"${name.text}" is no name of a header field`
  const kind = name.text.toLowerCase()
  if (kind !== 'body' && !isFieldValue(value.text)) {
    return `the value of "${name.text}" has characters that a header field cannot hold`
  }
  return kind === 'to' || kind === 'cc' ? firstAddressProblem(value.text) : undefined
}

function isFieldValue(text: string): boolean {
  return Array.from(text, (char) => char.charCodeAt(0)).every(
    (code) => code === 9 || (code >= 0x20 && code < 0x80),
  )
}

function firstAddressProblem(list: string): string | undefined {
  for (const address of list.split(',')) {
    const problem = addressProblem(address)
    if (problem !== undefined) return `recipient "${address}": ${problem}`
  }
  return undefined
}

function decode(text: string, equals: boolean): { readonly text: string; readonly problem?: string } {
  const bytes: number[] = []
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at)
    if (char === '%') {
      const digits = text.slice(at + 1, at + 3)
      if (!/^[0-9a-f]{2}$/i.test(digits) || digits === '00')
        return { text, problem: `"%${digits}" encodes nothing` }
      bytes.push(Number.parseInt(digits, 16))
      at += 2
    } else if (plainChar.test(char) || (equals && char === '=')) bytes.push(char.charCodeAt(0))
    else return { text, problem: `"${char}" has to be written with %` }
  }
  return { text: Buffer.from(bytes).toString('latin1') }
}
