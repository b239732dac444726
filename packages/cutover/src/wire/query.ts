import { randomInt } from 'node:crypto'
import * as packet from 'dns-packet'
import { CutoverError } from '../errors.ts'
import type { RecordData, RecordSet, RecordType } from '../record.ts'
import { type DnsServer, formatServer } from '../server.ts'
import { exchange, type ExchangeOptions } from './exchange.ts'

/** Types that are asked for, beside those that we plan. */
export type QueryType = RecordType | 'SOA' | 'NS' | 'DNSKEY'

/** What a server says of one name and type. */
export interface Answer {
  readonly rcode: string
  /** The server speaks for the zone itself (RFC 1035 §4.1.1, AA). */
  readonly authoritative: boolean
  readonly answers: readonly packet.Answer[]
  readonly authorities: readonly packet.Answer[]
}

/**
 * Asks one server one question.
 * @throws {CutoverError} `unreachable`, `timeout`, `answer`
 */
export async function query(
  server: DnsServer,
  question: { readonly name: string; readonly type: QueryType; readonly recursive?: boolean },
  options: ExchangeOptions = {},
): Promise<Answer> {
  const { name, type, recursive = false } = question
  const id = randomInt(0x1_00_00)
  const flags = recursive ? packet.RECURSION_DESIRED : 0
  const message = packet.encode({ type: 'query', id, flags, questions: [{ name, type, class: 'IN' }] })
  const bytes = await exchange(server, message, options)
  const reply = decode(server, bytes)
  const echoed = reply.questions?.[0]
  if (
    reply.id !== id ||
    reply.type !== 'response' ||
    echoed?.name.toLowerCase() !== name ||
    echoed.type !== type
  )
    throw new CutoverError('answer', `${formatServer(server)} answered something that was not asked.`)
  return {
    rcode: rcodeOf(bytes),
    authoritative: reply.flag_aa,
    answers: reply.answers ?? [],
    authorities: reply.authorities ?? [],
  }
}

function decode(server: DnsServer, bytes: Buffer): packet.DecodedPacket {
  try {
    return packet.decode(bytes)
  } catch (error) {
    throw new CutoverError('answer', `${formatServer(server)} sent what is not a DNS message.`, {
      cause: error,
    })
  }
}

/** RFC 1035 §4.1.1. */
const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED']

function rcodeOf(bytes: Buffer): string {
  const code = bytes.readUInt8(3) & 0xf
  return RCODES[code] ?? `RCODE ${code}`
}

/** The records of exactly this name and type; undefined when there are none. A CNAME on the way does not count. */
export function recordSetIn(
  answers: readonly packet.Answer[],
  name: string,
  type: RecordType,
): RecordSet | undefined {
  const found = answers.filter((answer) => answer.type === type && answer.name.toLowerCase() === name)
  const records = found.map(toData).filter((data) => data !== undefined)
  if (records.length === 0) return undefined
  const ttls = found.map((answer) => ('ttl' in answer ? (answer.ttl ?? 0) : 0))
  return { name, type, ttl: Math.min(...ttls), records }
}

/** Names in data are compared and written in lower case (RFC 4343). */
const lower = (name: string): string => (name === '.' ? '' : name.toLowerCase())

function toData(answer: packet.Answer): RecordData | undefined {
  const { type } = answer
  if (type === 'A' || type === 'AAAA') return { type, address: answer.data.toLowerCase() }
  if (type === 'CNAME') return { type, target: lower(answer.data) }
  if (type === 'MX') {
    const { preference = 0, exchange: host } = answer.data
    return { type, preference, exchange: lower(host) }
  }
  if (type === 'SRV') {
    const { priority = 0, weight = 0, port, target } = answer.data
    return { type, priority, weight, port, target: lower(target) }
  }
  if (type === 'TXT')
    return { type, strings: [answer.data].flat().map((part) => Buffer.from(part).toString('latin1')) }
  if (type === 'TLSA') {
    const { usage, selector, matchingType, certificate } = answer.data
    return { type, usage, selector, matchingType, certificate: certificate.toString('hex') }
  }
  return undefined
}
