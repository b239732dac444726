import * as packet from 'dns-packet'
import type { RecordData, RecordType } from '../record.ts'

/** Classes of RFC 2136 §2.4, §2.5 and RFC 1035 §3.2.4. */
export const CLASS = { in: 1, none: 254, any: 255 } as const

const HEADER = 12

/** The bytes of one record, its names not compressed; RFC 2136 gives other classes than IN their meanings. */
export function encodeRecord(name: string, data: RecordData, klass: number, ttl: number): Buffer {
  const bytes = packet.encode({ answers: [toAnswer(name, data)] }).subarray(HEADER)
  const afterName = name.length + 2
  bytes.writeUInt16BE(klass, afterName + 2)
  bytes.writeUInt32BE(ttl, afterName + 4)
  return bytes
}

/** A record without data: "all of this type" or "none of this type" (RFC 2136 §2.4, §2.5). */
export function encodeEmpty(name: string, type: RecordType, klass: number): Buffer {
  const bytes = Buffer.concat([encodeQuestion(name, type), Buffer.alloc(6)])
  bytes.writeUInt16BE(klass, name.length + 2 + 2)
  return bytes
}

/** Name, type and class IN: also the zone section of an update (RFC 2136 §2.3). */
export function encodeQuestion(name: string, type: RecordType | 'SOA'): Buffer {
  return packet.encode({ questions: [{ name, type, class: 'IN' }] }).subarray(HEADER)
}

/** A name as it stands on the wire, lower case (RFC 8945 §4.3.3 wants it so for the MAC). */
export function encodeName(name: string): Buffer {
  return encodeQuestion(name, 'SOA').subarray(0, name.length + 2)
}

function toAnswer(name: string, data: RecordData): packet.Answer {
  const common = { name, class: 'IN', ttl: 0 } as const
  switch (data.type) {
    case 'A':
    case 'AAAA':
      return { ...common, type: data.type, data: data.address }
    case 'CNAME':
      return { ...common, type: 'CNAME', data: root(data.target) }
    case 'MX':
      return {
        ...common,
        type: 'MX',
        data: { preference: data.preference, exchange: root(data.exchange) },
      }
    case 'SRV': {
      const { priority, weight, port, target } = data
      return { ...common, type: 'SRV', data: { priority, weight, port, target: root(target) } }
    }
    case 'TXT':
      return { ...common, type: 'TXT', data: data.strings.map((string) => Buffer.from(string, 'latin1')) }
    case 'TLSA':
      break
  }
  const { usage, selector, matchingType } = data
  const certificate = Buffer.from(data.certificate, 'hex')
  return { ...common, type: 'TLSA', data: { usage, selector, matchingType, certificate } }
}

const root = (name: string): string => (name === '' ? '.' : name)
