import { createHmac, timingSafeEqual } from 'node:crypto'
import { CutoverError } from '../errors.ts'
import { normalizeName } from '../name.ts'
import { CLASS, encodeName } from './resource-record.ts'

/** A key for signed updates (RFC 8945). The secret is base64, as BIND and Knot write it. */
export interface TsigKey {
  readonly name: string
  readonly algorithm: 'hmac-sha1' | 'hmac-sha224' | 'hmac-sha256' | 'hmac-sha384' | 'hmac-sha512'
  readonly secret: string
}

const TSIG = 250
/** Seconds that the clocks may differ (RFC 8945 §10). */
const FUDGE = 300
const HEADER = 12

/** What the answer's signature is checked against. */
export interface Signed {
  readonly message: Buffer
  readonly mac: Buffer
}

/** Appends the signature to a message that has none yet (RFC 8945 §4.2, §5.1). */
export function sign(message: Buffer, key: TsigKey, now: Date = new Date()): Signed {
  const timers = timersOf(now)
  const mac = macOf([message, variables(key, timers, 0, Buffer.alloc(0))], key)
  const lengths = Buffer.alloc(2)
  lengths.writeUInt16BE(mac.length)
  const originalId = message.subarray(0, 2)
  // Original ID, error and the length of other data.
  const rdata = Buffer.concat([encodeName(key.algorithm), timers, lengths, mac, originalId, Buffer.alloc(4)])
  const fixed = Buffer.alloc(10)
  fixed.writeUInt16BE(TSIG, 0)
  fixed.writeUInt16BE(CLASS.any, 2)
  fixed.writeUInt16BE(rdata.length, 8)
  const signed = Buffer.concat([message, encodeName(normalizeName(key.name)), fixed, rdata])
  signed.writeUInt16BE(signed.readUInt16BE(10) + 1, 10)
  return { message: signed, mac }
}

/** RCODEs that only a TSIG carries (RFC 8945 §3). */
const BAD: ReadonlyMap<number, string> = new Map([
  [16, 'the secret of the key is wrong'],
  [17, 'the server does not know the key'],
  [18, 'the clocks of the two machines differ by more than five minutes'],
  [22, 'the signature was cut too short'],
])

/**
 * Checks that an answer comes from who has the key, and belongs to what was asked (RFC 8945 §5.3).
 * @throws {CutoverError} `signature`; `answer` when the message is broken
 */
export function checkSignature(reply: Buffer, request: Signed, key: TsigKey, now: Date = new Date()): void {
  const tsig = findTsig(reply)
  if (tsig === undefined) throw new CutoverError('signature', 'The DNS server did not sign its answer.')
  if (tsig.error !== 0)
    throw new CutoverError(
      'signature',
      `The DNS server does not accept the signature: ${BAD.get(tsig.error) ?? `error ${tsig.error}`}.`,
    )
  const unsigned = Buffer.from(reply.subarray(0, tsig.start))
  unsigned.writeUInt16BE(unsigned.readUInt16BE(10) - 1, 10)
  unsigned.writeUInt16BE(tsig.originalId, 0)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(request.mac.length)
  const parts = [length, request.mac, unsigned, variables(key, tsig.timers, tsig.error, tsig.other)]
  const expected = macOf(parts, key)
  const same = expected.length === tsig.mac.length && timingSafeEqual(expected, tsig.mac)
  if (!same) throw new CutoverError('signature', 'The signature of the DNS server’s answer is wrong.')
  const seconds = tsig.timers.readUIntBE(0, 6)
  if (Math.abs(seconds - now.getTime() / 1000) > FUDGE)
    throw new CutoverError('signature', 'The DNS server’s answer was signed more than five minutes ago.')
}

/** @throws {CutoverError} `answer` when the message is broken */
export function isSigned(reply: Buffer): boolean {
  return findTsig(reply) !== undefined
}

function timersOf(now: Date): Buffer {
  const timers = Buffer.alloc(8)
  timers.writeUIntBE(Math.floor(now.getTime() / 1000), 0, 6)
  timers.writeUInt16BE(FUDGE, 6)
  return timers
}

/** RFC 8945 §4.3.3. */
function variables(key: TsigKey, timers: Buffer, error: number, other: Buffer): Buffer {
  const classAndTtl = Buffer.alloc(6)
  classAndTtl.writeUInt16BE(CLASS.any, 0)
  const errorAndLength = Buffer.alloc(4)
  errorAndLength.writeUInt16BE(error, 0)
  errorAndLength.writeUInt16BE(other.length, 2)
  const name = encodeName(normalizeName(key.name))
  return Buffer.concat([name, classAndTtl, encodeName(key.algorithm), timers, errorAndLength, other])
}

function macOf(parts: readonly Buffer[], key: TsigKey): Buffer {
  const hmac = createHmac(key.algorithm.replace('hmac-', ''), Buffer.from(key.secret, 'base64'))
  for (const part of parts) hmac.update(part)
  return hmac.digest()
}

interface FoundTsig {
  readonly start: number
  readonly timers: Buffer
  readonly mac: Buffer
  readonly originalId: number
  readonly error: number
  readonly other: Buffer
}

/** The last record of the additional section, if it is a TSIG. */
function findTsig(message: Buffer): FoundTsig | undefined {
  try {
    const count = (at: number): number => message.readUInt16BE(at)
    let offset = HEADER
    for (let n = count(4); n > 0; n--) offset = afterName(message, offset) + 4
    for (let n = count(6) + count(8) + count(10); n > 1; n--) offset = afterRecord(message, offset)
    const start = offset
    if (count(10) === 0) return undefined
    offset = afterName(message, offset)
    if (message.readUInt16BE(offset) !== TSIG) return undefined
    offset = afterName(message, offset + 10)
    const timers = message.subarray(offset, offset + 8)
    const macEnd = offset + 10 + message.readUInt16BE(offset + 8)
    const mac = message.subarray(offset + 10, macEnd)
    const otherLength = message.readUInt16BE(macEnd + 4)
    return {
      start,
      timers,
      mac,
      originalId: message.readUInt16BE(macEnd),
      error: message.readUInt16BE(macEnd + 2),
      other: message.subarray(macEnd + 6, macEnd + 6 + otherLength),
    }
  } catch (error) {
    throw new CutoverError('answer', 'The DNS server sent what is not a DNS message.', { cause: error })
  }
}

function afterName(message: Buffer, start: number): number {
  let offset = start
  for (;;) {
    const length = message.readUInt8(offset)
    if (length >= 0xc0) return offset + 2
    if (length === 0) return offset + 1
    offset += length + 1
  }
}

function afterRecord(message: Buffer, start: number): number {
  const offset = afterName(message, start)
  return offset + 10 + message.readUInt16BE(offset + 8)
}
