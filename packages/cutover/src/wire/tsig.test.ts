import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { CutoverError } from '../errors.ts'
import { checkSignature, sign, type TsigKey } from './tsig.ts'
import { encodeUpdate } from './update.ts'

const key: TsigKey = {
  name: 'Mailmove',
  algorithm: 'hmac-sha256',
  secret: Buffer.alloc(32, 7).toString('base64'),
}
const now = new Date('2026-11-24T12:00:00Z')
const request = sign(encodeUpdate('example.at', []), key, now)

it('refuses an answer without a signature, and a signature of our own request', () => {
  expect(() => checkSignature(encodeUpdate('example.at', []), request, key, now)).toThrow(/did not sign/)
  // A reflected request is signed with the key, but not as an answer to it (RFC 8945 §5.3).
  expect(() => checkSignature(request.message, request, key, now)).toThrow(/is wrong/)
})

it('ends in a typed error for whatever a server sends', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 12, maxLength: 300 }), (bytes) => {
      let error: unknown
      try {
        checkSignature(Buffer.from(bytes), request, key, now)
      } catch (caught) {
        error = caught
      }
      expect(error).toBeInstanceOf(CutoverError)
    }),
  )
})

it('ends in a typed error for a signed message with any octet changed', () => {
  for (let at = 0; at < request.message.length; at++) {
    const broken = Buffer.from(request.message)
    broken.writeUInt8(broken.readUInt8(at) ^ 0xff, at)
    expect(() => checkSignature(broken, request, key, now)).toThrow(CutoverError)
  }
})
