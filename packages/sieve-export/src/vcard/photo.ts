import type { NormalisedLine } from './normalise-line.ts'
import type { Property } from './property.ts'

/** How pictures begin. */
const signatures = new Map([
  ['iVBORw0KGgo', 'PNG'],
  ['/9j/', 'JPEG'],
  ['R0lGOD', 'GIF'],
  ['Qk', 'BMP'],
  ['UklGR', 'WEBP'],
])

/** A picture, in it as base64 (RFC 2426 §2.4.1) or elsewhere as a URI. One that is neither is left out. */
export function photo(line: Property): NormalisedLine {
  const { name } = line
  const group = line.group === undefined ? {} : { group: line.group }
  const data = /^data:([^;,]*)(?:;[^,;]*)*;base64\\?,(.*)$/is.exec(line.value)?.[2]
  const isInline = data !== undefined || line.parameters.has('ENCODING')
  if (!isInline) {
    if (/^(?:https?|ftp|cid):\S+$/i.test(line.value.trim()))
      return {
        lines: [{ ...group, name, value: line.value.trim(), parameters: new Map([['VALUE', ['uri']]]) }],
      }
    if (!/^[A-Za-z0-9+/=\s]{40,}$/.test(line.value))
      return { lines: [], repair: `${name} is no picture and was left out`, dropped: true }
  }
  const base64 = (data ?? line.value).replaceAll(/\s+/g, '').replace(/=+$/, '')
  if (!/^[A-Za-z0-9+/]+$/.test(base64) || base64.length % 4 === 1)
    return { lines: [], repair: `${name} is damaged (no valid base64) and was left out`, dropped: true }
  const parameters = new Map<string, readonly string[]>([['ENCODING', ['b']]])
  const kind = [...signatures].find(([start]) => base64.startsWith(start))?.[1]
  if (kind !== undefined) parameters.set('TYPE', [kind])
  return {
    lines: [{ ...group, name, parameters, value: base64.padEnd(Math.ceil(base64.length / 4) * 4, '=') }],
  }
}
