import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'

export const KEY_BYTES = 32
export const KEY_ID_BYTES = 8

/** A 256-bit key that seals secrets. Prints as nothing but its name; only `seal` and `open` reach what is inside. */
export interface SecretKey {
  /** Names the key (16 hex digits) without giving it away. */
  readonly id: string
}

const material = new WeakMap<SecretKey, KeyObject>()

/** Takes the bytes over and wipes them. */
export function secretKey(bytes: Uint8Array): SecretKey {
  if (bytes.length !== KEY_BYTES) throw new RangeError(`a key has ${KEY_BYTES} bytes`)
  const object = createSecretKey(bytes)
  bytes.fill(0)
  const id = createHmac('sha256', object)
    .update('mailmove key id 1')
    .digest('hex')
    .slice(0, KEY_ID_BYTES * 2)
  const key: SecretKey = Object.freeze({ id })
  material.set(key, object)
  return key
}

/** For this folder only. */
export function keyObject(key: SecretKey): KeyObject {
  const object = material.get(key)
  if (object === undefined) throw new TypeError('not a key that was read by openKeyFile')
  return object
}
