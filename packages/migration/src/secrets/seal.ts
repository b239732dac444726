import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { SecretError } from './errors.ts'
import { KEY_ID_BYTES, keyObject, type SecretKey } from './key.ts'

/** What a sealed secret belongs to. It opens only as what it was sealed as. */
export interface SealContext {
  readonly domain: string
  readonly mailbox: string
  readonly purpose: string
}

// Layout: version (1) | key id (8) | nonce (12) | tag (16) | ciphertext. The header is authenticated with the context.
const VERSION = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEADER_BYTES = 1 + KEY_ID_BYTES
const OVERHEAD = HEADER_BYTES + NONCE_BYTES + TAG_BYTES
const MAX_SECRET_BYTES = 4096

/** Seals a text (1 to 4096 bytes) with AES-256-GCM. Sealing the same twice gives different bytes. */
export function seal(key: SecretKey, context: SealContext, secret: string): Uint8Array {
  const text = Buffer.from(secret, 'utf8')
  if (text.length === 0 || text.length > MAX_SECRET_BYTES)
    throw new SecretError('secret_unsuitable', `a secret has 1 to ${MAX_SECRET_BYTES} bytes`)
  const header = Buffer.concat([Buffer.of(VERSION), Buffer.from(key.id, 'hex')])
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', keyObject(key), nonce)
  cipher.setAAD(associatedData(header, context))
  const sealed = Buffer.concat([cipher.update(text), cipher.final()])
  text.fill(0)
  return Buffer.concat([header, nonce, cipher.getAuthTag(), sealed])
}

/** Opens what `seal` made. Throws `wrong_key` if another key sealed it, `secret_damaged` if bytes or context differ. */
export function open(key: SecretKey, context: SealContext, sealed: Uint8Array): string {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
  if (bytes.length <= OVERHEAD || bytes[0] !== VERSION) throw damaged(context)
  const header = bytes.subarray(0, HEADER_BYTES)
  const sealedWith = header.subarray(1).toString('hex')
  if (sealedWith !== key.id)
    throw new SecretError(
      'wrong_key',
      `the ${context.purpose} of ${context.mailbox} was sealed with another key (${sealedWith}, this one is ${key.id})`,
      { hint: `use the key file it was sealed with, or run: mailmove password reset ${context.mailbox}` },
    )
  const nonce = bytes.subarray(HEADER_BYTES, HEADER_BYTES + NONCE_BYTES)
  const tag = bytes.subarray(HEADER_BYTES + NONCE_BYTES, OVERHEAD)
  try {
    const decipher = createDecipheriv('aes-256-gcm', keyObject(key), nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(associatedData(header, context))
    decipher.setAuthTag(tag)
    return Buffer.concat([decipher.update(bytes.subarray(OVERHEAD)), decipher.final()]).toString('utf8')
  } catch (cause) {
    throw damaged(context, cause)
  }
}

/** Every part with its length, so that no two contexts read the same. */
function associatedData(header: Uint8Array, context: SealContext): Buffer {
  const parts = [context.domain, context.mailbox, context.purpose].map((part) => Buffer.from(part, 'utf8'))
  return Buffer.concat([
    header,
    ...parts.flatMap((part) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(part.length)
      return [length, part]
    }),
  ])
}

function damaged(context: SealContext, cause?: unknown): SecretError {
  return new SecretError(
    'secret_damaged',
    `the sealed ${context.purpose} of ${context.mailbox} was changed or belongs to something else`,
    { cause, hint: `run: mailmove password reset ${context.mailbox}` },
  )
}
