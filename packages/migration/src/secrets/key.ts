/** The key that seals secrets. Prints as nothing; only `seal` and `open` can use it. */
export interface SecretKey {
  /** Names the key without giving it away. */
  readonly id: string
}
